using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Plugin;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Postgres.Journals;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Cluster.Tests.Live;

/// <summary>
/// Three silos as pods of a StatefulSet, which are moved to other nodes, lost and scaled down, while a batch is in its middle and a session
/// trades: digest and trades are as without it, and no pod needs to be killed.
/// </summary>
public sealed class EvictedPodsTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>, IAsyncLifetime
{
    private const string Rough = "seed=5,latency=2m,reject=0.1,partial=0.3,timeout=0.2";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-pods-").FullName;
    private readonly TestBatches _batches = new();
    private KubernetesApi? _api;
    private PodSet _pods = null!;
    private string _connection = null!;

    private string Gate => Path.Combine(_folder, "gate");

    public async ValueTask InitializeAsync()
    {
        if (KubernetesApi.MissingReason is { } reason)
            TestContext.Current.TestOutputHelper?.WriteLine($"without --kubernetes: {reason}");
        else _api = await KubernetesApi.StartAsync();
        _connection = await made.Server.CreateDatabaseAsync();
        var plugins = Directory.CreateDirectory(Path.Combine(_folder, "plugins")).FullName;
        var plugin = typeof(Laggard).Assembly.Location;
        File.Copy(plugin, Path.Combine(plugins, Path.GetFileName(plugin)));
        _pods = new PodSet(_api, _connection, new Dictionary<string, string> { [Laggard.Gate] = Gate },
            ["--runs", Path.Combine(_folder, "runs"), "--plugins", plugins, "--threads", "1", .. SiloProcess.Mortal]);
    }

    public async ValueTask DisposeAsync()
    {
        await _pods.DisposeAsync();
        if (_api is not null) await _api.DisposeAsync();
        _batches.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [LongFact($"{nameof(SessionHandoverTests)}, KilledSilosTests and BatchesOverHttpTests (a silo that is asked to stop) together")]
    public async Task Pods_that_are_moved_one_after_the_other_and_then_scaled_from_three_to_one_lose_nothing() => await UndisturbedAsync(
        async client =>
        {
            await _pods.EvictAsync(await HostAsync(client));
            await _pods.EvictAsync(0);
            await _pods.ScaleAsync(1, atOnce: false);
        });

    [LongFact("KilledSilosTests")]
    public async Task A_lost_node_and_a_scale_down_that_ends_two_pods_at_once_lose_nothing() => await UndisturbedAsync(
        async client =>
        {
            await _pods.LoseAsync(await HostAsync(client));
            await _pods.ScaleAsync(1, atOnce: true);
        });

    // The gate is shut meanwhile, so that the batch is in its middle.
    private async Task UndisturbedAsync(Func<GranaryClient, Task> disturb)
    {
        var batch = _batches.Write("pods", """
            { "name": "pods", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h" },
              "strategies": [
                { "class": "Laggard", "params": { "variant": [1, 2, 3, 4] }, "size": { "percentOfEquity": 20 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "winners" } }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        await _pods.StartAsync(3);
        using var client = new GranaryClient(_pods.Hosts, key: null, Eventually.Longest);
        await File.WriteAllTextAsync(Gate, "");
        await client.StartSessionAsync(made.Start(Rough, "fixed:120ms"));
        var ended = PatientBatch.RunAsync(_pods.Hosts, key: null, batch, Path.Combine(_folder, "home"));
        await Eventually.HoldsAsync(() => _pods.Pods.All(p => p.Output.Contains("begin on this silo", StringComparison.Ordinal)));
        await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => s.Status is { Bars: > 20 });

        await disturb(client);
        var (during, isInItsMiddle) = (await client.SessionAsync(LiveSilos.Account), !ended.IsCompleted);
        File.Delete(Gate);
        var (status, home) = await ended.WaitAsync(Eventually.LongestWork);
        (status.State, status.Fault, status.Digest).ShouldBe((JobState.Done, null, embedded.Model.Digest), _pods.Output);
        File.ReadAllText(Path.Combine(home, "trades.csv")).ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, "trades.csv")));
        var end = await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => !s.IsRunning, Eventually.LongestWork);
        (end.Phase, end.Fault, end.Digest).ShouldBe((SessionPhase.Done, null, made.Embedded[Rough].Digest), _pods.Output);
        (await AccountAsync()).ShouldBeTheAccount(made.Embedded[Rough].Account, _pods.Output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{(_api is null ? "without" : "with")} --kubernetes; the batch was "
            + $"{(isInItsMiddle ? "in its middle" : "over")} and the session had {during.Status?.Bars} bars after the pods had gone; the "
            + $"longest end of a pod took {_pods.Longest.TotalSeconds:0.0} s; {end.Restarts} restarts of the session");
    }

    private async Task<int> HostAsync(GranaryClient client)
    {
        var host = (await client.SessionAsync(LiveSilos.Account)).Host;
        return _pods.Pods.FindIndex(p => host.Contains($":{p.SiloPort}", StringComparison.Ordinal));
    }

    private async Task<string> AccountAsync() => AccountText.Of(
        [.. (await PostgresJournal.PeekAsync(_connection, LiveSilos.Account, new JournalQuery())).Select(JournalCodec.Decode)],
        await PostgresJournal.PeekAsync(_connection, LiveSilos.Account + ".paper-venue", new JournalQuery()));
}
