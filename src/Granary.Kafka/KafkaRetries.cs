using Confluent.Kafka;
using Granary.Storage.Retries;

namespace Granary.Kafka;

/// <summary>The errors of brokers that are away or starting, and how long Granary waits for them.</summary>
internal static class KafkaRetries
{
    /// <summary>How long brokers may be away during finite work before it fails.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Whether a retry may succeed. A broker that has just started knows neither its topics nor itself: it answers that a topic does not
    /// exist. The client then drops all messages that wait for that topic.
    /// </summary>
    public static bool Passes(Error error) => !error.IsFatal && error.Code is
        ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition
        or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException
        or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.KafkaStorageError or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition
        or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_DestroyBroker;

    /// <summary>
    /// Asks the brokers, again where the client dropped the connection with the request: it drops connections to addresses that the
    /// brokers do not name.
    /// </summary>
    public static T Ask<T>(TimeSpan timeout, Func<T> question) => RetryPolicies.ServerAway(
        static e => e is KafkaException { Error.Code: ErrorCode.Local_DestroyBroker }, timeout).Execute(question);
}
