using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>Times that are windows apart, by the calendar or by the bars of a record.</summary>
/// <param name="bars">Open times, ascending; UTC ticks.</param>
/// <param name="end">Close time of the last bar, UTC ticks.</param>
internal sealed class WindowScale(IReadOnlyList<long> bars, long end)
{
    private readonly long[] _bars = [.. bars];

    /// <summary>The time so many spans after a given one: of bars, the open of a bar. Bars after the last one have its length.</summary>
    public long After(WindowSpan span, long time, int times = 1)
    {
        if (span.Bars == 0) return span.Calendar.After(time, times);
        var at = IndexOf(time) + (long)span.Bars * times;
        return at < _bars.Length ? _bars[at] : end + (at - _bars.Length) * (end - _bars[^1]);
    }

    /// <summary>Whether less than half of a window [at, to) is within the record.</summary>
    public bool IsShort(WindowSpan span, long at, long to) =>
        span.Bars == 0 ? at + (to - at) / 2 >= end : IndexOf(at) + span.Bars / 2 >= _bars.Length;

    // The bar that opens at a time or later; after the last one, as if bars of its length followed.
    private long IndexOf(long time)
    {
        if (time >= end) return _bars.Length + (time - end) / (end - _bars[^1]);
        var at = Array.BinarySearch(_bars, time);
        return at < 0 ? ~at : at;
    }
}
