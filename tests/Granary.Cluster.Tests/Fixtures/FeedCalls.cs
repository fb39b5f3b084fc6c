using System.Collections.Concurrent;
using Granary.Cluster.Feeds;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Records which blocks silos request from a feed by number.</summary>
internal sealed class FeedCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<(long From, int Count)> _requests = new();

    /// <summary>First block and number of blocks of each answer with blocks, oldest first.</summary>
    public IReadOnlyList<(long From, int Count)> Requests => [.. _requests];

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.Result is BlockBatch { Blocks.Count: > 0 } batch) _requests.Enqueue((batch.From, batch.Blocks.Count));
    }
}
