using Granary.Engine.Analysis;

namespace Granary.Reporting.Html;

/// <summary>What a tear sheet says of its curve beside the curve's own figures.</summary>
/// <param name="Title">Its heading, as the curve's file name.</param>
public sealed record TearSheet(string Title)
{
    /// <summary>Null to infer it from the times.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>Compared at the times that both curves have; null for none.</summary>
    public EquityCurve? Benchmark { get; init; }

    public string? BenchmarkName { get; init; }

    /// <summary>The yearly rate that the excess Sharpe ratio is taken over, a fraction.</summary>
    public double RiskFree { get; init; }

    /// <summary>The author; null = none.</summary>
    public string? Author { get; init; }

    /// <summary>One sentence each, shown at the top.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
