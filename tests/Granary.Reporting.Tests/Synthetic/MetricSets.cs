using Granary.Engine.Analysis.Metrics;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>Sets of metrics with other values.</summary>
internal static class MetricSets
{
    public static MetricSet Changed(this MetricSet set, params (Metric Metric, double Value)[] changes)
    {
        var values = set.Listed().ToDictionary(v => v.Metric.Key, v => v.Value, StringComparer.Ordinal);
        foreach (var (metric, value) in changes) values[metric.Key] = value;
        return set.Layout.Catalogue.Read(values);
    }
}
