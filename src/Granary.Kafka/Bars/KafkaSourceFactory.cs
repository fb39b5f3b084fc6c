using Granary.Data.Sources;
using Granary.Engine.Market;

namespace Granary.Kafka.Bars;

/// <summary>Opens Kafka's topics as sources of a batch.</summary>
[BarSource("kafka", Form = "kafka://…")]
public sealed class KafkaSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) => new KafkaBarSource(KafkaBarAddress.Of(request.Address));
}
