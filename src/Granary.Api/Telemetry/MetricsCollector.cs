using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Granary.Api.Telemetry;

/// <summary>
/// Collects the measurements of <see cref="ServerMeters.Names"/> in memory and writes them in the Prometheus text format 0.0.4, for
/// servers without a collector.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    // The default bounds of OpenTelemetry for durations in seconds.
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = new();
    private readonly Lock _scrape = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ServerMeters.IsListed(instrument.Meter.Name)) return;
            listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, SeriesOf));
        };
        // The series of a meter whose owner is gone ends with it.
        _listener.MeasurementsCompleted = (instrument, _) => _series.TryRemove(instrument, out MetricSeries? _);
        _listener.SetMeasurementEventCallback<byte>(static (_, v, tags, s) => ((MetricSeries)s!).Record(v, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, v, tags, s) => ((MetricSeries)s!).Record(v, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, v, tags, s) => ((MetricSeries)s!).Record(v, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, v, tags, s) => ((MetricSeries)s!).Record(v, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, v, tags, s) => ((MetricSeries)s!).Record(v, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, v, tags, s) => ((MetricSeries)s!).Record(v, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, v, tags, s) => ((MetricSeries)s!).Record((double)v, tags));
        _listener.Start();
    }

    /// <summary>All series now.</summary>
    public string Write()
    {
        lock (_scrape)
        {
            foreach (var (instrument, series) in _series)
                if (instrument.IsObservable)
                    series.Clear();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var same in _series.Values.GroupBy(s => s.Name.Text).OrderBy(g => g.Key, StringComparer.Ordinal))
                Write(text, [.. same]);
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static MetricSeries SeriesOf(Instrument instrument)
    {
        var name = MetricName.Of(instrument);
        var help = instrument.Description is { Length: > 0 } text ? text : $"{instrument.Name} of {instrument.Meter.Name}";
        double[] bounds = name.Type != "histogram" ? []
            : (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries is { } advised ? [.. advised] : Seconds;
        // An observed counter measures its total; gauges and observed levels their last value.
        var isSum = !instrument.IsObservable && instrument.GetType().GetGenericTypeDefinition() != typeof(Gauge<>);
        return new MetricSeries(name, help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace('\n', ' '), bounds, isSum);
    }

    // Instruments of several meters may have one name, as that of each connection pool: equal labels are summed.
    private static void Write(StringBuilder text, IReadOnlyList<MetricSeries> same)
    {
        var first = same[0].Name;
        text.Append("# HELP ").Append(first.Text).Append(' ').Append(same[0].Help).Append('\n');
        text.Append("# TYPE ").Append(first.Text).Append(' ').Append(first.Type).Append('\n');
        foreach (var value in same.SelectMany(s => s.Read()).GroupBy(v => v.Labels).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var (labels, sum, count) = (value.Key, value.Sum(v => v.Sum), value.Sum(v => v.Count));
            if (first.Type != "histogram")
            {
                Line(text, first.Text, labels, sum);
                continue;
            }
            for (var i = 0; i < same[0].Bounds.Length; i++)
                Line(text, first.Text + "_bucket", With(labels, same[0].Bounds[i].ToString(CultureInfo.InvariantCulture)),
                    value.Sum(v => v.Buckets[i]));
            Line(text, first.Text + "_bucket", With(labels, "+Inf"), count);
            Line(text, first.Text + "_sum", labels, sum);
            Line(text, first.Text + "_count", labels, count);
        }
    }

    private static string With(string labels, string bound) => $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"";

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
            : value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
