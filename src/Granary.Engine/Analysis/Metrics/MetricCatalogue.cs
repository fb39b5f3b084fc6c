using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>All metrics by key. Immutable.</summary>
internal sealed class MetricCatalogue
{
    private readonly ConcurrentDictionary<MetricParts, MetricLayout> _layouts = new();
    private readonly Dictionary<string, Metric> _byKey = new(StringComparer.Ordinal);

    /// <param name="metrics">In the order of the report's tables.</param>
    /// <exception cref="ArgumentException">Two metrics have the same key, or a metric needs a later part and another one.</exception>
    public MetricCatalogue(IEnumerable<Metric> metrics)
    {
        All = [.. metrics];
        foreach (var metric in All)
        {
            var later = metric.Needs & MetricParts.Later;
            if (later != 0 && metric.Needs != later)
                throw new ArgumentException($"metric '{metric.Key}' needs {metric.Needs}: what is measured later cannot be joined with the "
                    + $"rest; "
                    + $"need {later} alone and read the rest from {nameof(MetricInput.Earlier)}", nameof(metrics));
            if (!_byKey.TryAdd(metric.Key, metric))
                throw new ArgumentException($"two metrics have the key '{metric.Key}'; give one of them another key", nameof(metrics));
        }
    }

    /// <summary>The built-in metrics.</summary>
    public static MetricCatalogue BuiltIn { get; } = new(
    [
        .. ReturnMetrics.All, .. RiskMetrics.All, .. RatioMetrics.All, .. TradeMetrics.All, .. ExposureMetrics.All, .. BenchmarkMetrics.All,
        .. CheckMetrics.All,
    ]);

    public ImmutableArray<Metric> All { get; }

    /// <summary>Metrics that a walk-forward optimisation can use as its objective.</summary>
    public IEnumerable<Metric> Objectives => LayoutOf(MetricParts.Strategy).Metrics.ToArray().Where(m => m.IsObjective);

    /// <summary>The same catalogue with one more metric.</summary>
    public MetricCatalogue With(Metric metric) => new(All.Add(metric));

    /// <returns>Null where there is no such metric.</returns>
    public Metric? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>The metrics that can be computed from these parts.</summary>
    public MetricLayout LayoutOf(MetricParts parts) =>
        _layouts.TryGetValue(parts, out var layout) ? layout
            : _layouts.GetOrAdd(parts, static (p, catalogue) => new MetricLayout(catalogue, p), this);

    /// <summary>Computes every metric that the parts of the input allow.</summary>
    public MetricSet Compute(in MetricInput input)
    {
        var layout = LayoutOf(input.Parts);
        var metrics = layout.Metrics;
        var values = new double[metrics.Length];
        for (var slot = 0; slot < values.Length; slot++) values[slot] = metrics[slot].Compute(input);
        return new MetricSet(layout, values);
    }

    /// <summary>Restores a set from known values, as received over the network.</summary>
    /// <param name="values">In the order of the layout's metrics.</param>
    /// <exception cref="ArgumentException">The number of values differs from the number of metrics.</exception>
    public MetricSet Restore(MetricParts parts, double[] values)
    {
        var layout = LayoutOf(parts);
        if (values.Length != layout.Metrics.Length) throw new ArgumentException("one value for each metric", nameof(values));
        return new MetricSet(layout, values);
    }

    /// <summary>The metrics of an account, read back from their keys.</summary>
    /// <param name="values">Missing values are undefined, or zero for a metric whose zeros are not written.</param>
    public MetricSet Read(IReadOnlyDictionary<string, double> values)
    {
        var parts = MetricParts.Strategy;
        foreach (var key in values.Keys)
            if (Find(key) is { } metric && (metric.Needs & MetricParts.Later) != 0)
                parts |= metric.Needs;
        var metrics = LayoutOf(parts).Metrics;
        var read = new double[metrics.Length];
        for (var slot = 0; slot < read.Length; slot++)
            read[slot] = values.TryGetValue(metrics[slot].Key, out var value) ? value : metrics[slot].OmitsZero ? 0 : double.NaN;
        return Restore(parts, read);
    }
}
