namespace Granary.Cluster;

/// <summary>Names of the providers that silos register and grains use.</summary>
internal static class ClusterProviders
{
    /// <summary>Grain storage that survives a silo: PostgreSQL in a cluster, memory on one machine.</summary>
    public const string State = "state";

    /// <summary>The stream provider of blocks: memory or Kafka.</summary>
    public const string Blocks = "blocks";

    /// <summary>Grain storage of Orleans' stream subscriptions; Orleans sets the name.</summary>
    public const string Subscriptions = "PubSubStore";
}
