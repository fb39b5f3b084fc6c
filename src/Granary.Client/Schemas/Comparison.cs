// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Comparison
{
    /// <summary>All disagreements; the answer has at most 1,000, the widest of them.</summary>
    public required int Total { get; init; }

    public required ComparisonAnswer Result { get; init; }
}
