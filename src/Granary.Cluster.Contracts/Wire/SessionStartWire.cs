using System.Text.Json;
using Granary.Application.Live;
using Granary.Engine.Brokerage;

namespace Granary.Cluster.Wire;

/// <param name="Options">
/// All options as JSON, so that options can be added; null from a silo of the earlier version. The fields 3 to 12 and 14 repeat them for
/// such a silo, and get no additions.
/// </param>
[GenerateSerializer, Alias("granary.SessionStart")]
public readonly record struct SessionStartWire(
    [property: Id(0)] byte[] Text,
    [property: Id(1)] string File,
    [property: Id(2)] string Folder,
    [property: Id(3)] string Feed,
    [property: Id(4)] string Broker,
    [property: Id(5)] string? Paper,
    [property: Id(6)] string Speed,
    [property: Id(7)] string? MaxGap,
    [property: Id(8)] string? Account,
    [property: Id(9)] string? WarmUp,
    [property: Id(10)] long? From,
    [property: Id(11)] long? To,
    [property: Id(12)] bool WithoutEvidence,
    [property: Id(13)] string StartedBy,
    [property: Id(14)] string? BrokerOptions = null,
    [property: Id(15)] byte[]? Options = null);

[RegisterConverter]
public sealed class SessionStartConverter : IConverter<SessionStart, SessionStartWire>
{
    public SessionStart ConvertFromSurrogate(in SessionStartWire s) =>
        new(OptionsOf(s), s.Text, s.File, s.Folder) { StartedBy = s.StartedBy };

    public SessionStartWire ConvertToSurrogate(in SessionStart v) =>
        new(v.Text, v.File, v.Folder, v.Feed, v.Broker, v.Paper, v.Speed, v.MaxGap, v.Account,
        v.WarmUp, v.From, v.To, v.IgnoresChecks, v.StartedBy, v.BrokerOptions,
        JsonSerializer.SerializeToUtf8Bytes<SessionOptions>(v, SessionControl.Json));

    private static SessionOptions OptionsOf(in SessionStartWire s) => s.Options is { } json
        ? JsonSerializer.Deserialize<SessionOptions>(json, SessionControl.Json)!
        : new SessionOptions
        {
            Feed = s.Feed,
            Broker = s.Broker,
            Paper = s.Paper,
            Speed = s.Speed,
            MaxGap = s.MaxGap,
            Account = s.Account,
            WarmUp = s.WarmUp,
            From = s.From,
            To = s.To,
            IgnoresChecks = s.WithoutEvidence,
            BrokerOptions = s.BrokerOptions,
        };
}
