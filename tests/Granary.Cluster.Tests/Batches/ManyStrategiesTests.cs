using System.Globalization;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Batches;

/// <summary>
/// Ten thousand strategy grains in one batch on two silos. Their memory is measured for the whole process, so that nothing else may run in
/// it meanwhile.
/// </summary>
[Collection(nameof(ManyStrategiesTests))]
[CollectionDefinition(nameof(ManyStrategiesTests), DisableParallelization = true)]
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
        // The first starts are the compiler's: GRANARY_WARM_BATCHES=5 shows what a silo takes that has been running.
        for (var i = int.Parse(Environment.GetEnvironmentVariable("GRANARY_WARM_BATCHES") ?? "0", CultureInfo.InvariantCulture); i > 0; i--)
            (await cluster.RunAsync(batch)).State.ShouldBe(JobState.Done);
        await Eventually.IsAsync(ActivationsAsync, n => n == 0);
        async Task<IReadOnlyList<GroupStatus>> GroupsAsync(string run) => [.. (await Task.WhenAll(cluster.Alive.Select(silo =>
            cluster.Computes.Of(silo.SiloAddress).PollAsync(run)))).SelectMany(s => s.Groups)];

        // Held before their first block: what is measured is strategies that wait.
        foreach (var silo in cluster.Alive) cluster.ComputeOf(silo).IsHeld = true;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var processor = Environment.CpuUsage.TotalTime;
        var id = await cluster.SubmitAsync(batch);
        await Eventually.IsAsync(async () => (await GroupsAsync(id)).Where(g => g.StartSeconds > 0).Sum(g => g.Strategies.Length),
            n => n == Strategies);
        processor = Environment.CpuUsage.TotalTime - processor;
        (await ActivationsAsync()).ShouldBe(Strategies, cluster.Log.Text);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Strategies;
        (await PlacedAsync()).Values.ShouldAllBe(n => n == Strategies / 2);
        var started = (await GroupsAsync(id)).Max(g => g.StartSeconds);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:N0} bytes a waiting strategy; begun after {started:0.00} s, "
            + $"with {processor.TotalSeconds:0.00} s of the processors");
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

    [Fact]
    public async Task A_hundred_thousand_strategies_of_one_feed_run_in_the_memory_of_a_few_groups()
    {
        if (Environment.GetEnvironmentVariable("GRANARY_MANY_STRATEGIES") is not { Length: > 0 })
            Assert.Skip("a run of minutes: set GRANARY_MANY_STRATEGIES=1");
        using var batches = new TestBatches();
        string Numbers(int from, int count) => string.Join(',', Enumerable.Range(from, count));
        var batch = batches.Write("very-many", $$"""
            { "name": "very-many", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [{{Numbers(3, 250)}}], "slow": [{{Numbers(260, 400)}}] },
                "size": { "percentOfEquity": 50 } } ],
              "outputs": ["results"] }
            """);
        var digest = (await batches.EmbeddedAsync(batch)).Model.Digest;
        await using var cluster = await TestSilos.StartAsync(2);
        (await cluster.RunAsync(batches.Sweep)).State.ShouldBe(JobState.Done);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var id = await cluster.SubmitAsync(batch);
        var ended = cluster.EndAsync(id, TimeSpan.FromMinutes(20));
        var (most, strategies) = (0L, 0);
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(500));
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            var groups = await Task.WhenAll(cluster.Alive.Select(silo =>
                cluster.Computes.Of(silo.SiloAddress).PollAsync(id)));
            strategies = Math.Max(strategies, groups.Sum(g => g.Groups.Where(x => x.State == GroupState.Running).Sum(x =>
                x.Strategies.Length)));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{most / 1e6:N0} MB above the idle silos at most, {strategies:N0} strategies at once");
        var status = await ended;
        (status.State, status.Progress.Done, status.Progress.Failed, status.Digest).ShouldBe((JobState.Done, 100_000, 0, digest));
        // Two groups of 10,000 on each silo, and what the batch keeps of all 100,000 for its report.
        strategies.ShouldBeInRange(1, 4 * Strategies);
    }
}
