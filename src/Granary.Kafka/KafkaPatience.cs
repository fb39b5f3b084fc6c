using Confluent.Kafka;

namespace Granary.Kafka;

/// <summary>What brokers say while they are away or coming back, and how long they are waited for.</summary>
internal static class KafkaPatience
{
    /// <summary>How long brokers may be away in the middle of work that has an end, before it fails.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Whether the same may get through a moment later. A broker that has just been started knows neither its topics nor itself yet: asked for a topic it
    /// answers that there is none, or tries to make it and fails for want of brokers (Kafka 0.9: -1, "Unknown broker error"; later: 38); the client then
    /// gives up at once whatever waits for that topic.
    /// </summary>
    public static bool Passes(Error error) => !error.IsFatal && error.Code is ErrorCode.Unknown or ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition
        or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.InvalidReplicationFactor or ErrorCode.KafkaStorageError or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown;
}
