using Confluent.Kafka;
using Granary.Storage.Retries;

namespace Granary.Kafka;

/// <summary>Recognises errors of brokers that are unavailable or starting, and defines how long Granary waits for them.</summary>
internal static class KafkaRetries
{
    /// <summary>How long brokers may be unavailable before a batch or a replay fails.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Whether a retry may succeed. A broker that has just started has no metadata yet and answers that a topic does not
    /// exist. The client then drops all messages that wait for that topic.
    /// </summary>
    public static bool Passes(Error error) => !error.IsFatal && error.Code is
        ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition
        or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException
        or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.KafkaStorageError or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition
        or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_DestroyBroker;

    /// <summary>
    /// Sends a request to the brokers, and repeats it if the client dropped the connection during the request. The client drops connections
    /// to addresses that the brokers do not advertise.
    /// </summary>
    public static T Ask<T>(TimeSpan timeout, Func<T> question) => RetryPolicies.ServerAway(
        static e => e is KafkaException { Error.Code: ErrorCode.Local_DestroyBroker }, timeout).Execute(question);
}
