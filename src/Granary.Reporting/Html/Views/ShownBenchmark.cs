using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Reporting.Html.Views;

/// <summary>Benchmark of a curve.</summary>
/// <param name="Name">Null where it has none.</param>
/// <param name="Statistics">Its own, at the times that both curves have; null where these are too few.</param>
internal sealed record ShownBenchmark(EquityCurve Curve, string? Name, EquityStatistics? Statistics);
