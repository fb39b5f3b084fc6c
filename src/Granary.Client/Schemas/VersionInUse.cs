// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A version in use.</summary>
public sealed record VersionInUse
{
    public required int Version { get; init; }

    /// <summary>In batches, live sessions and over HTTP.</summary>
    public required long Predictions { get; init; }

    /// <summary>Predictions that were no number.</summary>
    public required long Failed { get; init; }

    /// <summary>Outcomes of its predictions in live sessions.</summary>
    public required long Outcomes { get; init; }

    /// <summary>Outcomes on which it is compared with the current version.</summary>
    public required int Compared { get; init; }

    /// <summary>
    /// Mean of the current version's squared error less its own on these outcomes, as far as the last look; null before the first look.
    /// </summary>
    public double? Advantage { get; init; }

    /// <summary>One-sided, of a paired t-test; null before the first look, and where all differences are equal.</summary>
    public double? PValue { get; init; }
}
