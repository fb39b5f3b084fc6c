using Confluent.Kafka;

namespace Granary.Kafka;

/// <summary>Checks that the brokers have a topic, over a connection that stays open between the calls.</summary>
internal sealed class KafkaProbe(KafkaEndpoint endpoint, string topic) : IDisposable
{
    private readonly Lazy<IAdminClient> _admin = new(endpoint.Admin);

    /// <returns>Why the topic cannot be used now; null if the brokers have it.</returns>
    public Task<string?> FaultAsync(TimeSpan timeout, CancellationToken cancellationToken) => Task.Run(() =>
    {
        try
        {
            return endpoint.Partitions(_admin.Value, topic, timeout) > 0 ? null
                : $"Kafka at {endpoint.Brokers} has no topic '{topic}'; create it, or restart the silo";
        }
        catch (KafkaFailedException e)
        {
            return e.Message;
        }
    }, cancellationToken);

    public void Dispose()
    {
        if (_admin.IsValueCreated) _admin.Value.Dispose();
    }
}
