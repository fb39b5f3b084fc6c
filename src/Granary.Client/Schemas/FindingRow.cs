// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A finding of `data check` with the market that it is about.</summary>
public sealed record FindingRow
{
    /// <summary>`all` for what all markets share.</summary>
    public required string Symbol { get; init; }

    /// <summary>Info, Warning or Error.</summary>
    public required string Severity { get; init; }

    /// <summary>A name of QualityCheck.</summary>
    public required string Check { get; init; }

    public required string Place { get; init; }

    public required string Sentence { get; init; }

    public required string Remedy { get; init; }
}
