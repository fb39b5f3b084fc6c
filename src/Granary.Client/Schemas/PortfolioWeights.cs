// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One version of a portfolio's weights, and who set it why.</summary>
public sealed record PortfolioWeights
{
    public required string Portfolio { get; init; }

    /// <summary>1 for the first; each change is one more.</summary>
    public required long Version { get; init; }

    /// <summary>By strategy id; 0 = kept but not traded. Ordered by id.</summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
