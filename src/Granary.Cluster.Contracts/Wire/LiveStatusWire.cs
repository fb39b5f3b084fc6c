using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Cluster.Wire;

/// <param name="Json">The status as JSON, so that fields can be added.</param>
[GenerateSerializer, Alias("granary.LiveStatus")]
public readonly record struct LiveStatusWire([property: Id(0)] byte[] Json);

[RegisterConverter]
public sealed class LiveStatusConverter : IConverter<LiveStatus, LiveStatusWire>
{
    public LiveStatus ConvertFromSurrogate(in LiveStatusWire s) => JsonSerializer.Deserialize<LiveStatus>(s.Json, SessionControl.Json)!;

    public LiveStatusWire ConvertToSurrogate(in LiveStatus v) => new(JsonSerializer.SerializeToUtf8Bytes(v, SessionControl.Json));
}
