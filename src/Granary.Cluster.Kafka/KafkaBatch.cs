using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Kafka;

/// <summary>One Kafka message: events of one stream that were published together.</summary>
[GenerateSerializer, Alias("granary.kafka.batch"), Immutable]
internal sealed class KafkaBatch(StreamId streamId, List<object> events, Dictionary<string, object>? requestContext) : IBatchContainer
{
    [Id(0)]
    public StreamId StreamId { get; } = streamId;

    [Id(1)]
    public List<object> Events { get; } = events;

    [Id(2)]
    public Dictionary<string, object>? RequestContext { get; } = requestContext;

    /// <summary>Offset of the message in its partition. The receiver sets it after it reads the message; in Kafka it is unset.</summary>
    [Id(3)]
    public long Offset { get; set; }

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(Offset);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        var token = new EventSequenceTokenV2(Offset);
        return Events.OfType<T>().Select((e, i) => Tuple.Create<T, StreamSequenceToken>(e, token.CreateSequenceTokenForEvent(i)));
    }

    public bool ImportRequestContext()
    {
        if (RequestContext is null) return false;
        foreach (var (key, value) in RequestContext) Orleans.Runtime.RequestContext.Set(key, value);
        return true;
    }

    public override string ToString() => $"{StreamId} at {Offset}, {Events.Count} events";
}
