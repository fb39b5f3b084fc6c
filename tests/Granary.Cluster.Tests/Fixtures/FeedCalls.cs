using System.Collections.Concurrent;
using Granary.Cluster.Feeds;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Records which blocks silos request from a feed beside its stream, and which activations of receivers are called.</summary>
internal sealed class FeedCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<(long From, int Count)> _requests = new();
    private readonly ConcurrentDictionary<(GrainId Receiver, ActivationId Activation), bool> _activations = new();
    private int _subscriptions;

    /// <summary>First block and number of blocks of each answer with blocks, oldest first.</summary>
    public IReadOnlyList<(long From, int Count)> Requests => [.. _requests];

    /// <summary>The activations of receivers that were called, also by their stream.</summary>
    public IReadOnlyList<(GrainId Receiver, ActivationId Activation)> Activations => [.. _activations.Keys];

    /// <summary>Number of calls that subscribed a receiver to its stream.</summary>
    public int Subscriptions => _subscriptions;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.TargetId.Type.ToString() == "feedreceiver" && context.TargetContext is { } target)
            _activations.TryAdd((target.GrainId, target.ActivationId), true);
        if (context.MethodName is nameof(IFeedReceiverGrain.SubscribeAsync)) Interlocked.Increment(ref _subscriptions);
        await context.Invoke();
        var asked = context.MethodName is nameof(ISymbolFeedGrain.ReadAsync) or nameof(ISymbolFeedGrain.PublishAsync);
        if (asked && context.Result is BlockBatch { Blocks.Count: > 0 } batch)
            _requests.Enqueue((batch.From, batch.Blocks.Count));
    }
}
