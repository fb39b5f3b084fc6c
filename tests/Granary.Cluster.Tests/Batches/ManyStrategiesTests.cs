using Granary.Application.Jobs;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Ten thousand strategy grains in one batch on two silos.</summary>
public sealed class ManyStrategiesTests
{
    private const int Strategies = 10_000;

    // Measured: about 7 kB a strategy that waits, its run, its factors' share and its activation together. A tenfold is a leak.
    private const int MostBytesEach = 30_000;

    [Fact]
    public async Task Ten_thousand_strategies_start_wait_in_little_memory_and_are_gone_after_the_batch()
    {
        using var batches = new TestBatches();
        string Numbers(int from) => string.Join(',', Enumerable.Range(from, 100));
        var batch = batches.Write("many", $$"""
            { "name": "many", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [{{Numbers(3)}}], "slow": [{{Numbers(110)}}] },
                "size": { "percentOfEquity": 50 } } ],
              "outputs": ["results"] }
            """);
        await using var cluster = await TestSilos.StartAsync(2);
        (await cluster.RunAsync(batches.Sweep)).State.ShouldBe(JobState.Done); // what is made once is there
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        // By silo; the simple statistics count a process, which both silos share here.
        async Task<Dictionary<SiloAddress, int>> PlacedAsync() =>
            (await management.GetDetailedGrainStatistics()).Where(s => s.GrainType.Contains(nameof(StrategyGrain),
                StringComparison.Ordinal))
            .GroupBy(s => s.SiloAddress).ToDictionary(g => g.Key, g => g.Count());
        async Task<int> ActivationsAsync() => (await PlacedAsync()).Values.Sum();
        await Eventually.IsAsync(ActivationsAsync, n => n == 0);

        // Held before their first block: what is measured is strategies that wait.
        foreach (var silo in cluster.Alive) cluster.ComputeOf(silo).IsHeld = true;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var id = await cluster.SubmitAsync(batch);
        await Eventually.IsAsync(ActivationsAsync, n => n >= Strategies, TimeSpan.FromMinutes(5));
        (await ActivationsAsync()).ShouldBe(Strategies, TestSilos.Log.Tail);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Strategies;
        (await PlacedAsync()).Values.ShouldAllBe(n => n == Strategies / 2);
        var started = new List<double>();
        foreach (var silo in cluster.Alive)
            started.AddRange((await cluster.Grains.GetGrain<IComputeGrain>(silo.SiloAddress.ToParsableString())
                .PollAsync(id)).Groups.Select(c => c.StartSeconds));
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:N0} bytes a waiting strategy; begun after {started.Max():0.00} s");
        each.ShouldBeLessThan(MostBytesEach);

        foreach (var silo in cluster.Alive)
        {
            cluster.ComputeOf(silo).IsHeld = false;
            cluster.ComputeOf(silo).Pool.Pulse();
        }
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, status.Fault);
        (status.Progress.Done, status.Progress.Failed).ShouldBe((Strategies, 0));
        status.Digest.ShouldBe((await batches.EmbeddedAsync(batch)).Model.Digest);
        await Eventually.IsAsync(ActivationsAsync, n => n == 0); // strategy grains go with their batch
    }
}
