using System.Diagnostics;
using Granary.Cluster.Batches;
using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;
using Orleans.Hosting;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Lists are not polled: who waits for a change is notified of it.</summary>
public sealed class QuietClusterTests
{
    private sealed class Calls(string method) : IIncomingGrainCallFilter
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod?.Name == method) Interlocked.Increment(ref _count);
            return context.Invoke();
        }
    }

    [Fact]
    public async Task A_queued_batch_is_notified_of_its_place_and_does_not_ask_each_period()
    {
        using var batches = new TestBatches();
        var calls = new Calls(nameof(IJobListGrain.MayStartAsync));
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BatchesAtOnce = 1, Tick = TimeSpan.FromMilliseconds(50) },
            silo => silo.AddIncomingGrainCallFilter(calls));
        var batch = batches.Write("queued", """
            { "name": "queued", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1000, "milliseconds": 1, "gateAt": 20 } } ] }
            """);
        string first, second;
        using (var gate = cluster.Gates.Close(20))
        {
            first = await cluster.SubmitAsync(batch);
            await gate.Reached;
            second = await cluster.SubmitAsync(batch);
            var waiting = Stopwatch.StartNew();
            var before = calls.Count;
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            // 30 periods; it asks once, and again after 40.
            (calls.Count - before).ShouldBeLessThanOrEqualTo(1 + (long)(waiting.Elapsed / TimeSpan.FromSeconds(2)));
            (await cluster.Batches.FindAsync(second))!.State.ShouldBe(JobState.Queued);
        }
        (await cluster.EndAsync(first)).State.ShouldBe(JobState.Done);
        (await cluster.EndAsync(second)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task Silos_whose_members_do_not_change_rarely_ask_for_the_sessions()
    {
        var calls = new Calls(nameof(ISessionListGrain.RunningAsync));
        var tick = TimeSpan.FromMilliseconds(25);
        await using var cluster = await TestSilos.StartAsync(2, s => s with { Tick = tick },
            silo => silo.AddIncomingGrainCallFilter(calls));
        // Each silo asks at its start and for sixty periods after it, and then each 120 periods.
        await Eventually.HoldsAsync(() => calls.Count > 2);
        await Eventually.HoldsAsync(async () =>
        {
            var before = calls.Count;
            var rest = Stopwatch.StartNew();
            await Task.Delay(TimeSpan.FromSeconds(3));
            return calls.Count - before <= 2 * (1 + (long)(rest.Elapsed / (tick * 120)));
        });
    }

    [Fact]
    public async Task A_silo_without_work_looks_at_each_of_its_four_queues_ten_times_a_second_and_still_runs_the_next_batch()
    {
        using var batches = new TestBatches();
        var looks = new Calls("Dequeue");
        await using var cluster = await TestSilos.StartAsync(1, more: silo => silo.AddIncomingGrainCallFilter(looks));
        await Eventually.HoldsAsync(() => looks.Count > 0);
        // A second after the start looks become rare.
        await Eventually.HoldsAsync(async () =>
        {
            var before = looks.Count;
            var rest = Stopwatch.StartNew();
            await Task.Delay(TimeSpan.FromSeconds(1));
            return looks.Count > before && looks.Count - before <= 4 * (1 + (long)(rest.Elapsed / TimeSpan.FromMilliseconds(100)));
        });
        var batch = batches.Write("next", """
            { "name": "next", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "EmaCross", "params": { "fast": 8, "slow": 100 } } ] }
            """);
        (await cluster.RunAsync(batch)).State.ShouldBe(JobState.Done);
    }
}
