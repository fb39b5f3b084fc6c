using System.Collections.Frozen;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of a set, in the order in which they are listed. Sets with the same parts share one layout.</summary>
public sealed class MetricLayout
{
    private readonly Metric[] _metrics;
    private readonly FrozenDictionary<string, int> _slots;

    internal MetricLayout(MetricCatalogue catalogue, MetricParts parts)
    {
        (Catalogue, Parts) = (catalogue, parts);
        var ofCurve = (parts & MetricParts.Curve) != 0;
        _metrics = [.. catalogue.All.Where(m => (m.Needs & ~parts) == 0).OrderBy(m => ofCurve ? m.CurvePlace : m.Place)];
        _slots = _metrics.Select((metric, slot) => (metric.Key, slot)).ToFrozenDictionary(m => m.Key, m => m.slot, StringComparer.Ordinal);
    }

    internal MetricCatalogue Catalogue { get; }

    /// <summary>Parts that were measured.</summary>
    public MetricParts Parts { get; }

    public ReadOnlySpan<Metric> Metrics => _metrics;

    /// <summary>The index of a metric among a set's values; −1 if the set does not have it.</summary>
    public int SlotOf(string key) => _slots.GetValueOrDefault(key, -1);
}
