// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record NewWeights
{
    /// <summary>By strategy id; 0 switches a strategy off.</summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    /// <summary>Kept in the history beside the key's name.</summary>
    public string? Why { get; init; }
}
