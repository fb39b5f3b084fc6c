using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Granary.Testing;

/// <summary>What a counter of this process counts while this object exists, in all and by tags.</summary>
internal sealed class CounterSum : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _byTags = new(StringComparer.Ordinal);
    private long _sum;

    /// <param name="meter">Name of its meter.</param>
    /// <param name="counter">Its name; it counts in <see cref="long"/>.</param>
    public CounterSum(string meter, string counter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter && instrument.Name == counter) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            Interlocked.Add(ref _sum, count);
            if (tags.Length > 0) _byTags.AddOrUpdate(Text(tags), count, (_, before) => before + count);
        });
        _listener.Start();
    }

    /// <summary>Over all tags.</summary>
    public long Sum => Interlocked.Read(ref _sum);

    /// <summary>Of one combination of tag values, in the order in which the counter has them.</summary>
    public long Of(params object[] tags) => _byTags.GetValueOrDefault(string.Join('|', tags));

    public void Dispose() => _listener.Dispose();

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new object?[tags.Length];
        for (var i = 0; i < tags.Length; i++) values[i] = tags[i].Value;
        return string.Join('|', values);
    }
}
