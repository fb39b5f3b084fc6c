using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Placement;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>The only subscriber of a feed's stream on this silo; it passes blocks to the silo's windows by reference.</summary>
[SiloKeyPlacement]
[GrainType("feedreceiver")]
internal sealed class FeedReceiverGrain(StreamWindows windows) : Grain, IFeedReceiverGrain
{
    private string Feed => this.GetPrimaryKeyString()[..this.GetPrimaryKeyString().LastIndexOf('|')];

    private IAsyncStream<BlockMessage> Stream =>
        this.GetStreamProvider(ClusterProviders.Blocks).GetStream<BlockMessage>(FeedStream.Of(Feed));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Without this, Orleans silently drops the events of a new activation.
        foreach (var handle in await Stream.GetAllSubscriptionHandles()) await handle.ResumeAsync(OnNextAsync);
        await base.OnActivateAsync(cancellationToken);
    }

    public async Task SubscribeAsync()
    {
        if ((await Stream.GetAllSubscriptionHandles()).Count == 0) await Stream.SubscribeAsync(OnNextAsync);
    }

    public async Task UnsubscribeAsync()
    {
        foreach (var handle in await Stream.GetAllSubscriptionHandles()) await handle.UnsubscribeAsync();
        DeactivateOnIdle();
    }

    private Task OnNextAsync(BlockMessage message, StreamSequenceToken? token)
    {
        windows.Take(Feed, message);
        return Task.CompletedTask;
    }
}
