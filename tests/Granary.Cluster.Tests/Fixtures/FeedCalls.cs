using System.Collections.Concurrent;
using Granary.Cluster.Feeds;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Records which blocks silos request from a feed by number, and can have feeds answer with a fault.</summary>
internal sealed class FeedCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<(long From, int Count)> _requests = new();

    /// <summary>First block and number of blocks of each answer with blocks, oldest first.</summary>
    public IReadOnlyList<(long From, int Count)> Requests => [.. _requests];

    /// <summary>What every feed answers instead of blocks; null for the blocks.</summary>
    public string? Fault { get; set; }

    public void Clear() => _requests.Clear();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (Fault is { } fault && context.Result is BlockBatch answer) context.Result = answer with { Blocks = [], Fault = fault };
        else if (context.Result is BlockBatch { Blocks.Count: > 0 } batch) _requests.Enqueue((batch.From, batch.Blocks.Count));
    }
}
