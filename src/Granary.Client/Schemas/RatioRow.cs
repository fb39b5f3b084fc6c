// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A stretch in which the closes of A are a multiple of those of B.</summary>
public sealed record RatioRow
{
    public required string From { get; init; }

    public required string To { get; init; }

    public required double Ratio { get; init; }

    public required long Bars { get; init; }
}
