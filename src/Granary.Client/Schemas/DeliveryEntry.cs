// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record DeliveryEntry
{
    public required string Id { get; init; }

    public required string On { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Webhook { get; init; }

    /// <summary>pending, delivered or dead (given up).</summary>
    public required string State { get; init; }

    public required int Attempts { get; init; }

    /// <summary>When the next attempt is due; absent where none is.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public string? Fault { get; init; }
}
