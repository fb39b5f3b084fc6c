namespace Granary.Cluster;

/// <summary>Names of the providers that a silo registers and grains ask for.</summary>
public static class ClusterProviders
{
    /// <summary>Grain storage: what must outlive a silo. PostgreSQL in a real cluster, memory on one machine.</summary>
    public const string State = "state";

    /// <summary>Streams of blocks: memory or Kafka.</summary>
    public const string Blocks = "blocks";

    /// <summary>Grain storage that Orleans keeps stream subscriptions in; the name is Orleans' own.</summary>
    public const string Subscriptions = "PubSubStore";
}
