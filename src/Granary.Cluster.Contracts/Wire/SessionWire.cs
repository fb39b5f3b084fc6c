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
    [property: Id(6)] string Pace,
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
            Speed = s.Pace,
            MaxGap = s.MaxGap,
            Account = s.Account,
            WarmUp = s.WarmUp,
            From = s.From,
            To = s.To,
            IgnoresChecks = s.WithoutEvidence,
            BrokerOptions = s.BrokerOptions,
        };
}

/// <param name="Command">Name of the command, so that the engine's numbers may change.</param>
[GenerateSerializer, Alias("granary.SessionOrder")]
public readonly record struct SessionOrderWire([property: Id(0)] string Command, [property: Id(1)] string Who, [property: Id(2)]
    string Why, [property: Id(3)] string Strategy, [property: Id(4)] string Symbol);

[RegisterConverter]
public sealed class SessionOrderConverter : IConverter<SessionOrder, SessionOrderWire>
{
    public SessionOrder ConvertFromSurrogate(in SessionOrderWire s) =>
        new(Enum.Parse<SessionCommand>(s.Command), s.Who, s.Why, s.Strategy, s.Symbol);

    public SessionOrderWire ConvertToSurrogate(in SessionOrder v) => new(v.Command.ToString(), v.Who, v.Why, v.Strategy, v.Symbol);
}

/// <param name="Status">The session's status as JSON, so that fields can be added.</param>
[GenerateSerializer, Alias("granary.SessionView")]
public readonly record struct SessionViewWire(
    [property: Id(0)] string Id,
    [property: Id(1)] string Run,
    [property: Id(2)] int Phase,
    [property: Id(3)] string StartedBy,
    [property: Id(4)] DateTimeOffset StartedAt,
    [property: Id(5)] string Host,
    [property: Id(6)] string Desk,
    [property: Id(7)] byte[]? Status,
    [property: Id(8)] string? Digest,
    [property: Id(9)] string? Fault,
    [property: Id(10)] int Restarts,
    [property: Id(11)] string[] Files);

[RegisterConverter]
public sealed class SessionViewConverter : IConverter<SessionView, SessionViewWire>
{
    public SessionView ConvertFromSurrogate(in SessionViewWire s) =>
        new(s.Id, s.Run, (SessionPhase)s.Phase, s.StartedBy, s.StartedAt, s.Host, s.Desk,
        s.Status is { } status ? JsonSerializer.Deserialize<LiveStatus>(status, SessionControl.Json) : null, s.Digest, s.Fault, s.Restarts,
        s.Files);

    public SessionViewWire ConvertToSurrogate(in SessionView v) => new(v.Id, v.Run, (int)v.Phase, v.StartedBy, v.StartedAt, v.Host, v.Desk,
        v.Status is { } status ? JsonSerializer.SerializeToUtf8Bytes(status, SessionControl.Json) : null, v.Digest, v.Fault, v.Restarts,
        [.. v.Files]);
}
