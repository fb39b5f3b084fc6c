namespace Granary.Engine.Analysis.Metrics;

/// <summary>A metric and its value; NaN where it is undefined.</summary>
public readonly record struct MetricValue(Metric Metric, double Value);
