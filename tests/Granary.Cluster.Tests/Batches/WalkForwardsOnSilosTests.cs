using System.Text;
using Granary.Cluster.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Windows of a walk-forward choose on all silos, and its files are those of one process, to the bit.</summary>
public sealed class WalkForwardsOnSilosTests : IDisposable
{
    private static readonly string[] s_files =
    [
        "windows.csv", "equity.csv", "trades.csv", "portfolio_trades.csv", "portfolio_fills.csv", "signals.csv", "stressed_trades.csv",
    ];

    private readonly TestBatches _batches = new();
    private readonly string _ledgers = Directory.CreateTempSubdirectory("granary-ledgers-").FullName;

    public void Dispose()
    {
        _batches.Dispose();
        Directory.Delete(_ledgers, recursive: true);
    }

    // Strategies that wait at their 900th bar while the gate is closed: in sample, and in the pass over the complete record.
    private Job Plain(int gate = 0) => Read($$"""
        "strategies": [
          { "class": "SmaCross", "params": { "fast": [3, 5, 8], "slow": [20, 30] }, "sides": "both", "size": { "percentOfEquity": 30 } },
          { "class": "Dawdler", "params": { "every": 100000, "variant": [0, 7, 13], "gateAt": {{gate}} },
            "size": { "percentOfEquity": 30 } } ]
        """);

    private Job Learned(string registry, int gate = 0) => Read($$"""
        "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [8, 13] }, "sides": "both",
          "size": { "percentOfEquity": 30 } } ],
        "learning": { "name": "gate", "trainer": "held", "params": { "gateAt": {{gate}} }, "features": ["return(1)", "rsi(14)"],
          "label": { "kind": "direction", "bars": 2 }, "registry": "{{registry}}", "apply": { "rule": "veto", "below": 0.5 },
          "walkForward": { "train": 300, "test": 300 } }
        """);

    private Job Searched(int gate = 0) => Read($$"""
        "strategies": [
          { "class": "SmaCross", "params": { "fast": [3, 5], "slow": 20 }, "sides": "both", "size": { "percentOfEquity": 30 } },
          { "class": "SmaCross", "sides": "both", "size": { "percentOfEquity": 30 }, "search": { "method": "tpe", "trials": 15,
            "space": { "fast": [2, 12], "slow": [14, 60], "stopLossPercent": { "values": [2, 4] } } } },
          { "class": "Dawdler", "size": { "percentOfEquity": 30 }, "params": { "every": 100000, "gateAt": {{gate}} },
            "search": { "method": "halving", "trials": 8, "space": { "variant": [0, 39] } } } ]
        """);

    private Job Read(string sections) => KnownJobs.Of(TestCatalogues.All, "runs").Read(new JobText("walkforward",
        Encoding.UTF8.GetBytes($$"""
            { "kind": "walkforward", "batch": {
              "name": "walked", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05 }, {{sections}},
              "walkForward": { "inSample": "6w", "outOfSample": "3w" } } }
            """), "job.json", _batches.Folder));

    private async Task<string> EmbeddedAsync(string name, Job job, int threads)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_batches.Folder, name)).FullName;
        await job.RunAsync(new JobContext
        {
            Host = new EmbeddedHost(threads),
            Clock = TimeProvider.System,
            Threads = threads,
            Folder = folder,
            Runs = folder,
            Ledger = new TrialLedger(Path.Combine(_ledgers, name)),
        }, TestContext.Current.CancellationToken);
        return folder;
    }

    private Task<TestSilos> SilosAsync(int silos, string ledger) =>
        TestSilos.StartAsync(silos, s => s with { Trials = Path.Combine(_ledgers, ledger) });

    private static async Task<string> SubmitAsync(TestSilos cluster, Job job) =>
        (await cluster.Batches.SubmitAsync(new JobSubmission(job, "test"))).Job.Id;

    private void SameRun(string folder, string ledger, string other, string otherLedger)
    {
        foreach (var file in s_files)
            File.ReadAllText(Path.Combine(other, file)).ShouldBe(File.ReadAllText(Path.Combine(folder, file)), file);
        string[] Names(string of) => [.. Directory.EnumerateFiles(Path.Combine(_ledgers, of)).Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal)];
        Names(otherLedger).ShouldBe(Names(ledger));
        foreach (var name in Names(ledger))
            WithoutTime(Path.Combine(_ledgers, otherLedger, name)).ShouldBe(WithoutTime(Path.Combine(_ledgers, ledger, name)));
    }

    // The record of a portfolio has the time at which it was written, in its second eight bytes.
    private static byte[] WithoutTime(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length > 0 && path.EndsWith(".portfolios", StringComparison.Ordinal)) Array.Clear(bytes, 8, 8);
        return bytes;
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("learned")]
    [InlineData("searched")]
    public async Task A_walk_forward_on_one_two_or_three_silos_is_that_of_one_process_with_one_two_or_three_threads(string kind)
    {
        Job Job(string name) => kind switch { "plain" => Plain(), "learned" => Learned(name), _ => Searched() };
        var one = await EmbeddedAsync("one", Job("one"), 1);
        for (var threads = 2; threads <= TestEffort.Of(2, 3); threads++)
        {
            var name = $"{threads} threads";
            SameRun(one, "one", await EmbeddedAsync(name, Job(name), threads), name);
        }
        foreach (var silos in TestEffort.IsLong ? (int[])[1, 2, 3] : [2])
        {
            var name = $"{silos} silos";
            await using var cluster = await SilosAsync(silos, name);
            var id = await SubmitAsync(cluster, Job(name));
            var status = await cluster.EndAsync(id);
            status.State.ShouldBe(JobState.Done, cluster.Log.Text);
            SameRun(one, "one", Path.Combine(cluster.Runs, id), name);
            // One silo does its own items; the others are asked.
            cluster.Alive.Count(s => cluster.ComputeOf(s).ItemsBegun > 0).ShouldBe(silos - 1, cluster.Log.Text);
        }
    }

    [LongTheory(nameof(A_silo_may_be_lost_while_the_windows_train_their_models))]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_may_be_lost_while_the_windows_choose(bool isTheReporter)
    {
        var embedded = await EmbeddedAsync("embedded", Plain(gate: 910), 2);
        await using var cluster = await SilosAsync(2, "silos");
        // No strategy passes the gate, so that no window of its group is done before the loss.
        using var gate = cluster.Gates.Close(910, bar: 900);
        var id = await SubmitAsync(cluster, Plain(gate: 910));
        await gate.Reached;
        await LoseAsync(cluster, id, isTheReporter, gate.Open);
        SameRun(embedded, "embedded", Path.Combine(cluster.Runs, id), "silos");
    }

    [Fact]
    public async Task A_silo_may_be_lost_while_the_windows_train_their_models()
    {
        const int Gate = 74;
        var embedded = await EmbeddedAsync("embedded", Learned("embedded", Gate), 2);
        await using var cluster = await SilosAsync(2, "silos");
        var held = HeldTrainer.Gates.Close(Gate);
        var id = await SubmitAsync(cluster, Learned("silos", Gate));
        await held.Reached;
        await LoseAsync(cluster, id, isTheReporter: false, held.Open);
        SameRun(embedded, "embedded", Path.Combine(cluster.Runs, id), "silos");
    }

    [LongTheory(nameof(A_silo_may_be_lost_while_the_windows_train_their_models))]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_may_be_lost_while_the_windows_search(bool isTheReporter)
    {
        var embedded = await EmbeddedAsync("embedded", Searched(gate: 920), 2);
        await using var cluster = await SilosAsync(2, "silos");
        using var gate = cluster.Gates.Close(920, bar: 900);
        var id = await SubmitAsync(cluster, Searched(gate: 920));
        await gate.Reached;
        await LoseAsync(cluster, id, isTheReporter, gate.Open);
        SameRun(embedded, "embedded", Path.Combine(cluster.Runs, id), "silos");
    }

    private static async Task LoseAsync(TestSilos cluster, string id, bool isTheReporter, Action open)
    {
        var address = await cluster.Grains.GetGrain<IManagementGrain>(0)
            .GetActivationAddress(cluster.Grains.GetGrain<IReportingGrain>(id));
        var reporter = cluster.Alive.Single(s => s.SiloAddress.Equals(address));
        var other = cluster.Alive.Single(s => s != reporter);
        await Eventually.HoldsAsync(() => cluster.ComputeOf(other).ItemsBegun > 0);
        var killing = cluster.KillAsync(isTheReporter ? reporter : other);
        open();
        await killing;
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
    }
}
