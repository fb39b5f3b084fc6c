// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record PredictionRequest
{
    /// <summary>The current one without it.</summary>
    public int? Version { get; init; }

    /// <summary>The features of each row by name.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, double>> Rows { get; init; }
}
