using Granary.Engine.Analysis;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html;

/// <summary>Content of a tear sheet besides its curve's own figures.</summary>
/// <param name="Title">Its heading, as the curve's file name.</param>
internal sealed record TearSheet(string Title)
{
    /// <summary>The number of periods per year; null to infer it from the times.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>The benchmark, compared at the times that both curves have; null for none.</summary>
    public EquityCurve? Benchmark { get; init; }

    public string? BenchmarkName { get; init; }

    /// <summary>The risk-free rate of the figures above it.</summary>
    public RiskFreeRate RiskFree { get; init; } = RiskFreeRate.None;

    /// <summary>The author; null = none.</summary>
    public string? Author { get; init; }

    /// <summary>Resampled paths of the curve; null for none.</summary>
    public ResamplingResults? Resampling { get; init; }

    /// <summary>Notes at the top, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
