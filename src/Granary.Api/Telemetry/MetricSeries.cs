namespace Granary.Api.Telemetry;

/// <summary>The values of one instrument, by labels.</summary>
/// <param name="bounds">Upper bounds of a histogram's buckets, ascending; empty for other types.</param>
internal sealed class MetricSeries(MetricName name, string help, double[] bounds, bool isSum)
{
    /// <summary>Labels beyond this number are dropped: a scrape stays bounded.</summary>
    private const int Most = 1000;

    private sealed class Value
    {
        public double Sum;
        public long Count;
        public long[] Buckets = [];
    }

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Value> _values = new(StringComparer.Ordinal);

    public MetricName Name => name;

    public string Help => help;

    public double[] Bounds => bounds;

    public void Record(double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = MetricLabels.Of(tags);
        lock (_lock)
        {
            if (!_values.TryGetValue(labels, out var value))
            {
                if (_values.Count == Most) return;
                _values.Add(labels, value = new Value { Buckets = new long[bounds.Length] });
            }
            var scaled = measured * name.Scale;
            value.Sum = isSum ? value.Sum + scaled : scaled;
            value.Count++;
            for (var i = bounds.Length - 1; i >= 0 && scaled <= bounds[i]; i--) value.Buckets[i]++;
        }
    }

    /// <summary>Forgets the values of an observed instrument before it is observed again.</summary>
    public void Clear()
    {
        lock (_lock) _values.Clear();
    }

    /// <summary>All values in the order of their labels: sum or last value, count, and the counts up to each bound.</summary>
    public IReadOnlyList<(string Labels, double Sum, long Count, long[] Buckets)> Read()
    {
        lock (_lock) return [.. _values.Select(v => (v.Key, v.Value.Sum, v.Value.Count, (long[])v.Value.Buckets.Clone()))];
    }
}
