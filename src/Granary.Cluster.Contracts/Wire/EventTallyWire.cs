using Granary.Engine.Trading;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.EventTally")]
internal readonly record struct EventTallyWire(
    [property: Id(0)] int Chunks,
    [property: Id(1)] int Signals,
    [property: Id(2)] int Fills,
    [property: Id(3)] int Trades);

[RegisterConverter]
internal sealed class EventTallyConverter : IConverter<EventTally, EventTallyWire>
{
    public EventTally ConvertFromSurrogate(in EventTallyWire surrogate) =>
        new(surrogate.Chunks, surrogate.Signals, surrogate.Fills, surrogate.Trades);

    public EventTallyWire ConvertToSurrogate(in EventTally value) => new(value.Chunks, value.Signals, value.Fills, value.Trades);
}
