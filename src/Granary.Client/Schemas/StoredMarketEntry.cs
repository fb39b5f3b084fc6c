// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One market of a store.</summary>
public sealed record StoredMarketEntry
{
    public required string Symbol { get; init; }

    public required string Timeframe { get; init; }

    public required long Bars { get; init; }

    /// <summary>The first bar's open, UTC.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>The last bar's open, UTC.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>On disk; null = unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>Why it cannot be read; null for a good one.</summary>
    public string? Fault { get; init; }
}
