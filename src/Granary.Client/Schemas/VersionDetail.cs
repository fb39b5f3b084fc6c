// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record VersionDetail
{
    public required string Model { get; init; }

    public required int Number { get; init; }

    public required bool IsCurrent { get; init; }

    public required string ModelHash { get; init; }

    public required ModelLineage Lineage { get; init; }

    /// <summary>Versions that were current before, oldest first.</summary>
    public required IReadOnlyList<int> Promoted { get; init; }

    /// <summary>
    /// Windows, calibration, importance and effect on strategies, from the newest run or job that has them; null where none has.
    /// </summary>
    public ModelFindings? Findings { get; init; }

    /// <summary>Limits of its use, one sentence each.</summary>
    public required IReadOnlyList<string> Limits { get; init; }
}
