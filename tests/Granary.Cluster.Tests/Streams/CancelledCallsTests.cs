using System.Collections.Concurrent;
using Granary.Cluster.Batches;
using Granary.Cluster.Feeds;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;
using Orleans.Hosting;

namespace Granary.Cluster.Tests.Streams;

/// <summary>What becomes of a grain's call whose caller no longer waits.</summary>
public sealed class CancelledCallsTests
{
    [Fact]
    public async Task A_read_that_is_cancelled_while_it_waits_is_never_made()
    {
        using var batches = new TestBatches();
        var reads = new HeldReads();
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BlockSize = 16 },
            silo => silo.AddIncomingGrainCallFilter(reads));
        var batch = batches.Write("cancelled", """
            { "name": "cancelled", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 0 } } ] }
            """);
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", spec.Data.Timeframe, null, null));
        var (key, reader) = TestBatches.FeedOf(batch, "COINUSDT");
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(key);
        BlockRequest From(long block) => new(reader, block, 1, series.ContentHash);

        var held = feed.ReadAsync(From(0));
        await reads.Reached;
        using var late = new CancellationTokenSource();
        var waiting = feed.ReadAsync(From(1), late.Token);
        var patient = feed.ReadAsync(From(2));
        await late.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await reads.Dropped;
        reads.Release();
        (await held).Blocks.Count.ShouldBe(1);
        (await patient).Blocks.Count.ShouldBe(1);
        reads.Made.ShouldBe([0, 2]);
    }

    [Fact]
    public async Task A_watch_that_is_cancelled_ends_before_the_status_changes()
    {
        using var batches = new TestBatches();
        await using var cluster = await TestSilos.StartAsync(1, s => s with { Tick = TimeSpan.FromSeconds(5) });
        var batch = batches.Write("watched", """
            { "name": "watched", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 1, "gateAt": 20 } } ] }
            """);
        using var gate = cluster.Gates.Close(20);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Should.ThrowAsync<OperationCanceledException>(() =>
            cluster.Grains.GetGrain<IJobGrain>(id).WatchAsync(long.MaxValue, late.Token));
        (await cluster.Grains.GetGrain<IJobGrain>(id).FindAsync())!.State.ShouldBe(JobState.Running);
        await cluster.Batches.CancelAsync(id);
    }

    // Holds the read of the first block until it is released, and lists the blocks whose reads began.
    private sealed class HeldReads : IIncomingGrainCallFilter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _dropped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentQueue<long> _made = new();

        /// <summary>The runtime's order to drop a call was carried out.</summary>
        public Task Dropped => _dropped.Task.WaitAsync(Eventually.Longest);

        public Task Reached => _reached.Task;

        public IReadOnlyList<long> Made => [.. _made];

        public void Release() => _released.TrySetResult();

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod?.Name == nameof(ISymbolFeedGrain.ReadAsync) && context.Request.GetArgument(0) is BlockRequest read)
            {
                _made.Enqueue(read.From);
                if (read.From == 0)
                {
                    _reached.TrySetResult();
                    await _released.Task;
                }
            }
            await context.Invoke();
            if (context.InterfaceMethod?.DeclaringType?.Name == "IGrainCallCancellationExtension") _dropped.TrySetResult();
        }
    }
}
