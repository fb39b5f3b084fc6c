using Granary.Cluster.Feeds;
using Granary.Engine.Market;
using Granary.Storage.Retries;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>The calls of a window to its feed, and its subscription to the feed's stream.</summary>
/// <param name="silo">The windows of the silo, which subscribes as a client of the cluster: the subscription is gone with the silo.</param>
/// <param name="key">The feed's key.</param>
/// <param name="consumer">The window.</param>
/// <param name="hash">Hash of the bars that the run began with.</param>
/// <param name="take">Receives the blocks of the stream.</param>
internal sealed class FeedLink(FeedWindows silo, string key, FeedConsumer consumer, string hash, Action<BlockMessage> take)
    : IAsyncDisposable
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(30);

    private readonly ISymbolFeedGrain _feed = silo.Cluster.GetGrain<ISymbolFeedGrain>(key);
    private Task<StreamSubscriptionHandle<BlockMessage>>? _subscribing;
    private SiloAddress? _silo;

    /// <summary>Whether the stream delivers blocks that are published from now on.</summary>
    public bool IsSubscribed => _subscribing is { IsCompletedSuccessfully: true };

    /// <exception cref="BarStoreException">The feed does not answer.</exception>
    public async Task<BlockBatch> ReadAsync(long from, int most, CancellationToken cancellationToken)
    {
        try
        {
            // The feed may be lost with its silo; the next call opens it on another one.
            var blocks = await silo.LostCalls.RunAsync(stop => TimedCall.CallAsync(late => _feed.ReadAsync(Request(from, most), late),
                s_callTimeout, silo.Clock, stop), cancellationToken);
            _silo = blocks.Silo;
            return blocks;
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            throw new BarStoreException($"the feed {key} does not answer: {e.Message}", e);
        }
    }

    /// <returns>null if the call was lost.</returns>
    public async Task<PublishedBlocks?> PublishAsync(long from, int most, CancellationToken cancellationToken)
    {
        try
        {
            return await TimedCall.CallAsync(stop => _feed.PublishAsync(Request(from, most), stop), s_callTimeout, silo.Clock,
                cancellationToken);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            return null;
        }
    }

    private BlockRequest Request(long from, int most) => new(consumer, from, most, hash, _silo);

    /// <summary>Subscribes, unless the silo with the subscriptions still has the earlier one; does not wait for it.</summary>
    public void Subscribe()
    {
        if (_subscribing is not { IsCompleted: false }) _subscribing = SubscribedAsync(_subscribing);
    }

    private async Task<StreamSubscriptionHandle<BlockMessage>> SubscribedAsync(Task<StreamSubscriptionHandle<BlockMessage>>? before)
    {
        var stream = silo.Cluster.GetStreamProvider(ClusterProviders.Blocks).GetStream<BlockMessage>(FeedStream.Of(key));
        if (before is { IsCompletedSuccessfully: true } && await before is { } own
            && (await stream.GetAllSubscriptionHandles()).Any(h => h.HandleId == own.HandleId)) return own;
        return await stream.SubscribeAsync((message, _) =>
        {
            take(message);
            return Task.CompletedTask;
        });
    }

    /// <summary>Leaves the feed and its stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await FeedSeries.LeaveAsync(_feed, consumer.Receiver, silo.Clock);
        if (_subscribing is not { } subscribing) return;
        try
        {
            await (await subscribing).UnsubscribeAsync();
        }
        catch (Exception e) when (LostCall.Is(e) || e is InconsistentStateException)
        {
            // The silo with the subscriptions is being replaced; a window without readers drops what comes.
        }
    }
}
