using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>The prices of a bar by which an exchange liquidates positions.</summary>
internal static class MarkedBar
{
    // Marks that are further apart than this part of a bar, and than a minute, may miss its extremes.
    private const int Parts = 8;

    /// <summary>
    /// Returns the range of the mark prices within a bar if they are close together, else the bar itself. Mark prices once every eight
    /// hours, as files of funding have them, do not show the range of a bar.
    /// </summary>
    /// <param name="close">The end of the bar, UTC ticks.</param>
    public static Bar Of(MarkPrices marks, in Bar bar, long close)
    {
        var gap = Math.Max(TimeSpan.TicksPerMinute, (close - bar.Time) / Parts);
        var times = marks.Times;
        var at = times.BinarySearch(bar.Time);
        if (at < 0) at = ~at - 1;
        if (at < 0 || bar.Time - times[at] > gap) return bar;
        var open = marks.Prices[at];
        var (low, high, last, time) = (open, open, open, bar.Time);
        for (at++; at < times.Length && times[at] < close; at++)
        {
            if (times[at] - time > gap) return bar;
            (last, time) = (marks.Prices[at], times[at]);
            (low, high) = (Math.Min(low, last), Math.Max(high, last));
        }
        return close - time > gap ? bar : bar with { Open = open, High = high, Low = low, Close = last };
    }
}
