// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What an interrupted session waits for before it is tried again.</summary>
public sealed record SessionRetry
{
    /// <summary>Attempts since its last bar that failed.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the next attempt begins, UTC.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>Why the last attempt failed, one sentence.</summary>
    public required string Reason { get; init; }
}
