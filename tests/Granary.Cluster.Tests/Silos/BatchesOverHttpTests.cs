using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Submissions;
using Granary.Application.Tests.Plugins;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Batches from a client to silos that are processes of their own, in a cluster that lives in a real PostgreSQL server.</summary>
public sealed class BatchesOverHttpTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-remote-").FullName;
    private PostgresServer _server = null!;
    private string _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _connection = await _server.CreateDatabaseAsync();
        var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        DataGeneration.Run(new GenerateRequest(Path.Combine(_folder, "data"),
            DataGeneration.Markets(["COINUSDT"], from, from + 90 * TimeSpan.TicksPerDay, 5), [Timeframe.Parse("1m")]));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Runs => Path.Combine(_folder, "runs");

    private BatchSpec Batch(string name, string strategies)
    {
        var path = Path.Combine(_folder, name + ".json");
        File.WriteAllText(path, $$"""
            { "name": "{{name}}", "data": { "source": "csv:data/1m", "symbols": "COINUSDT", "timeframe": "1m" }, "strategies": [ {{strategies}} ], "outputs": ["results"] }
            """);
        return new BatchReader(TestCatalogues.All).Read(path, bindStrategies: false);
    }

    private static GranaryClient ClientOf(SiloProcess silo) => new(silo.Client.BaseAddress!.ToString(), key: null);

    private static string Numbers(int from, int count, int step) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => from + i * step));

    [Fact]
    public async Task The_database_is_restarted_in_the_middle_of_a_batch_which_ends_with_the_same_digest()
    {
        var batch = Batch("restarted",
            $$"""{ "class": "SmaCross", "params": { "fast": [{{Numbers(5, 15, 3)}}], "slow": [{{Numbers(100, 20, 10)}}] }, "size": { "percentOfEquity": 50 } }""");
        var embedded = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(batch,
            new BatchOptions { Out = Path.Combine(_folder, "embedded") });
        await using var one = await SiloProcess.JoinAsync(_connection, "granary", "--runs", Runs, "--threads", "1");
        await using var two = await SiloProcess.JoinAsync(_connection, "granary", "--runs", Runs, "--threads", "1");
        using var client = ClientOf(one);
        var restarted = Task.CompletedTask;
        var (status, folder) = await RemoteBatch.RunAsync(client, batch, "restarted.json", Path.Combine(_folder, "home"), s =>
        {
            if (s.State == BatchState.Running && restarted == Task.CompletedTask) restarted = RestartAsync();
        });
        await restarted;
        status.Digest.ShouldBe(embedded.Model.Digest);
        status.Progress.Done.ShouldBe(300);
        File.Exists(Path.Combine(folder, "results.json")).ShouldBeTrue();
        await one.ReadyAsync();
        await two.ReadyAsync();

        async Task RestartAsync()
        {
            await _server.CrashAsync();
            await Task.Delay(1000);
            await _server.StartServerAsync();
        }
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_in_the_middle_of_a_batch_hands_its_work_on_and_ends_with_0()
    {
        var batch = Batch("handed-on",
            $$"""{ "class": "SmaCross", "params": { "fast": [{{Numbers(5, 15, 3)}}], "slow": [{{Numbers(100, 20, 10)}}] }, "size": { "percentOfEquity": 50 } }""");
        var embedded = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(batch,
            new BatchOptions { Out = Path.Combine(_folder, "embedded") });
        await using var leaves =
            await SiloProcess.JoinAsync(_connection, "granary", "--runs", Runs, "--threads", "1", "--drain-timeout", "1");
        await using var stays = await SiloProcess.JoinAsync(_connection, "granary", "--runs", Runs, "--threads", "1");
        // The client has both addresses, and the one that it begins with goes.
        using var client = new GranaryClient($"{leaves.Client.BaseAddress},{stays.Client.BaseAddress}", key: null);
        var leaving = Task.CompletedTask;
        var (status, folder) = await RemoteBatch.RunAsync(client, batch, "handed-on.json", Path.Combine(_folder, "home"), s =>
        {
            if (s.State == BatchState.Running && s.Progress.Bars > 0 && leaving == Task.CompletedTask) leaving = leaves.LeaveAsync();
        });
        leaving.ShouldNotBe(Task.CompletedTask);
        await leaving;
        leaves.Error.ShouldBeEmpty();
        status.Digest.ShouldBe(embedded.Model.Digest);
        (status.Progress.Done, status.Progress.Failed).ShouldBe((300, 0));
        File.Exists(Path.Combine(folder, "results.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task Classes_of_a_plugin_run_on_the_silo_and_what_it_does_not_know_or_take_is_told_in_a_sentence()
    {
        var plugins = Directory.CreateDirectory(Path.Combine(_folder, "plugins")).FullName;
        EmittedPlugin.Write(plugins, "OfTheSilo", "IdlesOnTheSilo");
        await using var silo = await SiloProcess.JoinAsync(_connection, "granary", "--runs", Runs, "--plugins", plugins);
        using var client = ClientOf(silo);
        var (status, _) = await RemoteBatch.RunAsync(client, Batch("plugged", """{ "class": "IdlesOnTheSilo" }"""), "plugged.json",
            Path.Combine(_folder, "home"));
        status.State.ShouldBe(BatchState.Done);

        var unknown = await Should.ThrowAsync<InputException>(() => RemoteBatch.RunAsync(client,
            Batch("unknown", """{ "class": "IdlesOnTheSilos" }"""), "unknown.json", null));
        unknown.Message.ShouldContain("there is no strategy class 'IdlesOnTheSilos'");
        unknown.Message.ShouldContain("did you mean 'IdlesOnTheSilo'?");

        var large = Batch("large", """{ "class": "IdlesOnTheSilo" }""" + new string(' ', 20 << 20));
        (await Should.ThrowAsync<Exception>(() => RemoteBatch.RunAsync(client, large, "large.json",
            null))).Message.ShouldContain("bytes; split the batch");
    }
}
