// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Where two sources of a market disagree, as `data compare` writes it.</summary>
public sealed record ComparisonAnswer
{
    public required long BarsOfA { get; init; }

    public required long BarsOfB { get; init; }

    public required long Common { get; init; }

    public required long Equal { get; init; }

    public required long OnlyInA { get; init; }

    public required long OnlyInB { get; init; }

    /// <summary>How much later the bars of A are in B; null where they are not shifted.</summary>
    public double? ShiftHours { get; init; }

    public required IReadOnlyList<RatioRow> Ratios { get; init; }

    public required SuspectCounts LikelierWrong { get; init; }

    /// <summary>In the order of time.</summary>
    public required IReadOnlyList<DisagreementRow> Disagreements { get; init; }
}
