// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A store of bars in the data folder.</summary>
public sealed record StoreEntry
{
    /// <summary>Its folder, relative to the data folder, with '/'; `.` for the data folder itself.</summary>
    public required string Store { get; init; }

    /// <summary>By symbol and timeframe.</summary>
    public required IReadOnlyList<StoredMarketEntry> Markets { get; init; }
}
