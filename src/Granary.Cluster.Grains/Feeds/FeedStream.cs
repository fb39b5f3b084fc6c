using Orleans.Runtime;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>The stream of a feed.</summary>
internal static class FeedStream
{
    public const string Namespace = "granary.blocks";

    public static StreamId Of(string feed) => StreamId.Create(Namespace, feed);
}
