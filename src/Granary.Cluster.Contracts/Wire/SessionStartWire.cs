using System.Text.Json;
using Granary.Trading.Live;

namespace Granary.Cluster.Wire;

/// <param name="Options">All options as JSON, so that an option needs no field.</param>
[GenerateSerializer, Alias("granary.SessionStart")]
public readonly record struct SessionStartWire(
    [property: Id(0)] byte[] Text,
    [property: Id(1)] string File,
    [property: Id(2)] string Folder,
    [property: Id(3)] byte[] Options,
    [property: Id(4)] string StartedBy);

[RegisterConverter]
public sealed class SessionStartConverter : IConverter<SessionStart, SessionStartWire>
{
    public SessionStart ConvertFromSurrogate(in SessionStartWire s) =>
        new(JsonSerializer.Deserialize<SessionOptions>(s.Options, SessionControl.Json)!, s.Text, s.File, s.Folder)
        {
            StartedBy = s.StartedBy,
        };

    public SessionStartWire ConvertToSurrogate(in SessionStart v) =>
        new(v.Text, v.File, v.Folder, JsonSerializer.SerializeToUtf8Bytes<SessionOptions>(v, SessionControl.Json), v.StartedBy);
}
