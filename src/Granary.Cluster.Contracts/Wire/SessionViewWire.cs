using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Cluster.Wire;

/// <param name="Status">The session's status as JSON, so that fields can be added.</param>
[GenerateSerializer, Alias("granary.SessionView")]
public readonly record struct SessionViewWire(
    [property: Id(0)] string Id,
    [property: Id(1)] string Run,
    [property: Id(2)] int Phase,
    [property: Id(3)] string StartedBy,
    [property: Id(4)] DateTimeOffset StartedAt,
    [property: Id(5)] string Host,
    [property: Id(6)] string Gateway,
    [property: Id(7)] byte[]? Status,
    [property: Id(8)] string? Digest,
    [property: Id(9)] string? Fault,
    [property: Id(10)] int Restarts,
    [property: Id(11)] string[] Files,
    [property: Id(12)] byte[]? Retry);

[RegisterConverter]
public sealed class SessionViewConverter : IConverter<SessionView, SessionViewWire>
{
    public SessionView ConvertFromSurrogate(in SessionViewWire s) =>
        new(s.Id, s.Run, (SessionPhase)s.Phase, s.StartedBy, s.StartedAt, s.Host, s.Gateway,
        s.Status is { } status ? JsonSerializer.Deserialize<LiveStatus>(status, SessionControl.Json) : null, s.Digest, s.Fault, s.Restarts,
        s.Files)
        {
            Retry = s.Retry is { } retry ? JsonSerializer.Deserialize<SessionRetry>(retry, SessionControl.Json) : null,
        };

    public SessionViewWire ConvertToSurrogate(in SessionView v) =>
        new(v.Id, v.Run, (int)v.Phase, v.StartedBy, v.StartedAt, v.Host, v.Gateway,
        v.Status is { } status ? JsonSerializer.SerializeToUtf8Bytes(status, SessionControl.Json) : null, v.Digest, v.Fault, v.Restarts,
        [.. v.Files], v.Retry is { } retry ? JsonSerializer.SerializeToUtf8Bytes(retry, SessionControl.Json) : null);
}
