namespace Granary.Cluster.Feeds;

/// <summary>Receives the stream of one feed for one silo; the key is <c>feed|silo address</c>, and the grain lives on that silo.</summary>
[Alias("granary.IFeedReceiverGrain")]
public interface IFeedReceiverGrain : IGrainWithStringKey
{
    /// <summary>After the answer, every published block arrives.</summary>
    [Alias("Subscribe")]
    Task SubscribeAsync();

    [Alias("Unsubscribe")]
    Task UnsubscribeAsync();
}
