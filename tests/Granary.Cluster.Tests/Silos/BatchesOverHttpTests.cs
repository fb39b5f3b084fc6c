using System.Net;
using System.Net.Sockets;
using Granary.Backtesting.Runs;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Data.Synthetic;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Batches from a client to silos that are processes of their own, in a cluster that lives in a real PostgreSQL server.</summary>
public sealed class BatchesOverHttpTests(BatchesOverHttpTests.Made made) : IClassFixture<BatchesOverHttpTests.Made>
{
    /// <summary>Bars, and the batch of three hundred strategies that silos are in the middle of, with what one process makes of
    /// it.</summary>
    [NeedsPostgres]
    public sealed class Made : IAsyncLifetime
    {
        private PostgresServer? _server;

        internal PostgresServer Server => _server!;

        internal string Folder { get; } = Directory.CreateTempSubdirectory("granary-remote-").FullName;

        internal string Runs => Path.Combine(Folder, "runs");

        internal BatchRun Embedded { get; private set; } = null!;

        internal BatchSpec Long => Batch("long", $$"""
            { "class": "SmaCross", "params": { "fast": [{{Numbers(5, 15, 3)}}], "slow": [{{Numbers(100, 20, 10)}}] },
              "size": { "percentOfEquity": 50 } }
            """);

        public async ValueTask InitializeAsync()
        {
            _server = await PostgresServer.ShareAsync();
            var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
            DataGeneration.Run(new GenerateRequest(Path.Combine(Folder, "data"),
                DataGeneration.Markets(["COINUSDT"], from, from + 90 * TimeSpan.TicksPerDay, 5), [Timeframe.Parse("1m")]));
            Embedded = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Long,
                new BatchOptions { Out = Path.Combine(Folder, "embedded") });
        }

        internal BatchSpec Batch(string name, string strategies)
        {
            var path = Path.Combine(Folder, name + ".json");
            File.WriteAllText(path, $$"""
                { "name": "{{name}}", "data": { "source": "csv:data/1m", "symbols": "COINUSDT", "timeframe": "1m" }, "strategies":
                  [ {{strategies}} ], "outputs": ["results"] }
                """);
            return new BatchReader(TestCatalogues.All).Read(path, bindStrategies: false);
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }

        private static string Numbers(int from, int count, int step) =>
            string.Join(',', Enumerable.Range(0, count).Select(i => from + i * step));
    }

    private string Runs => made.Runs;

    private static GranaryClient ClientOf(SiloProcess silo) => new(silo.Client.BaseAddress!.ToString(), key: null);

    [Fact]
    public async Task The_database_is_restarted_in_the_middle_of_a_batch_which_ends_with_the_same_digest()
    {
        await using var server = await PostgresServer.StartAsync();
        var connection = await server.CreateDatabaseAsync();
        await using var one = await SiloProcess.JoinAsync(connection, "granary", "--runs", Runs, "--threads", "1");
        await using var two = await SiloProcess.JoinAsync(connection, "granary", "--runs", Runs, "--threads", "1");
        using var client = ClientOf(one);
        var restarted = Task.CompletedTask;
        var (status, folder) = await RemoteBatch.RunAsync(client, made.Long, "long.json", Path.Combine(made.Folder, "home-restarted"), s =>
        {
            if (s.State == JobState.Running && restarted == Task.CompletedTask) restarted = RestartAsync();
        });
        await restarted;
        status.Digest.ShouldBe(made.Embedded.Model.Digest);
        status.Progress.Done.ShouldBe(300);
        File.Exists(Path.Combine(folder, "results.json")).ShouldBeTrue();
        await one.ReadyAsync();
        await two.ReadyAsync();

        async Task RestartAsync()
        {
            await server.CrashAsync();
            await Task.Delay(1000);
            await server.StartServerAsync();
        }
    }

    [Fact]
    public async Task A_silo_that_is_asked_to_stop_in_the_middle_of_a_batch_hands_its_work_on_and_ends_with_0()
    {
        var connection = await made.Server.CreateDatabaseAsync();
        await using var leaves =
            await SiloProcess.JoinAsync(connection, "granary", "--runs", Runs, "--threads", "1", "--drain-timeout", "1");
        await using var stays = await SiloProcess.JoinAsync(connection, "granary", "--runs", Runs, "--threads", "1");
        // The first server hangs: its requests are taken by the system and never read. The second one goes in the middle.
        using var hangs = new TcpListener(IPAddress.Loopback, 0);
        hangs.Start();
        using var client = new GranaryClient($"http://{hangs.LocalEndpoint},{leaves.Client.BaseAddress},{stays.Client.BaseAddress}",
            key: null);
        var leaving = Task.CompletedTask;
        var (status, folder) = await RemoteBatch.RunAsync(client, made.Long, "long.json", Path.Combine(made.Folder, "home-handed-on"), s =>
        {
            if (s.State == JobState.Running && s.Progress.Bars > 0 && leaving == Task.CompletedTask) leaving = leaves.LeaveAsync();
        });
        leaving.ShouldNotBe(Task.CompletedTask);
        await leaving;
        leaves.Error.ShouldBeEmpty();
        status.Digest.ShouldBe(made.Embedded.Model.Digest);
        (status.Progress.Done, status.Progress.Failed).ShouldBe((300, 0));
        File.Exists(Path.Combine(folder, "results.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task Classes_of_a_plugin_run_on_the_silo_and_unknown_classes_and_values_are_errors_of_one_sentence()
    {
        var connection = await made.Server.CreateDatabaseAsync();
        var plugins = Directory.CreateDirectory(Path.Combine(made.Folder, "plugins")).FullName;
        EmittedPlugin.Write(plugins, "OfTheSilo", "IdlesOnTheSilo");
        await using var silo = await SiloProcess.JoinAsync(connection, "granary", "--runs", Runs, "--plugins", plugins);
        using var client = ClientOf(silo);
        var (status, _) = await RemoteBatch.RunAsync(client, made.Batch("plugged", """{ "class": "IdlesOnTheSilo" }"""), "plugged.json",
            Path.Combine(made.Folder, "home"));
        status.State.ShouldBe(JobState.Done);

        var unknown = await Should.ThrowAsync<InputException>(() => RemoteBatch.RunAsync(client,
            made.Batch("unknown", """{ "class": "IdlesOnTheSilos" }"""), "unknown.json", null));
        unknown.Message.ShouldContain("there is no strategy class 'IdlesOnTheSilos'");
        unknown.Message.ShouldContain("did you mean 'IdlesOnTheSilo'?");

        var large = made.Batch("large", """{ "class": "IdlesOnTheSilo" }""" + new string(' ', 20 << 20));
        (await Should.ThrowAsync<Exception>(() => RemoteBatch.RunAsync(client, large, "large.json",
            null))).Message.ShouldContain("bytes; split the batch");
    }
}
