using Granary.Engine.Market;

namespace Granary.Data.Tests.Resampling;

/// <summary>Longer bars out of shorter ones.</summary>
internal static class BarResampler
{
    /// <summary>
    /// Aggregates to a longer timeframe: first open, highest high, lowest low, last close, summed volume. Gaps stay gaps.
    /// </summary>
    /// <param name="calendar">Whose days and weeks they are; null is around the clock in UTC.</param>
    /// <param name="includeUnfinished">Whether the last bar is given although its end was not reached.</param>
    /// <exception cref="BarDataException">The longer timeframe is not a multiple of the shorter.</exception>
    public static IEnumerable<Bar> Resample(IEnumerable<Bar> bars, Timeframe from, Timeframe to, SessionCalendar? calendar = null,
        bool includeUnfinished = false)
    {
        if (to.Ticks <= from.Ticks || to.Ticks % from.Ticks != 0)
            throw new BarDataException($"timeframe: {to} bars cannot be built from {from} bars; choose a multiple of {from}");
        return Aggregate(bars, new BarAggregator(from, to, calendar), includeUnfinished);
    }

    private static IEnumerable<Bar> Aggregate(IEnumerable<Bar> bars, BarAggregator aggregator, bool includeUnfinished)
    {
        foreach (var bar in bars)
        {
            aggregator.Add(bar, out var before, out var completed);
            if (before is { } gap) yield return gap;
            if (completed is { } full) yield return full;
        }
        if (includeUnfinished && aggregator.Unfinished is { } last) yield return last;
    }

    /// <summary>Calendar months in UTC, stamped with the first of the month; the last is given as far as it went.</summary>
    public static IEnumerable<Bar> ToMonths(IEnumerable<Bar> bars)
    {
        Bar? month = null;
        foreach (var bar in bars)
        {
            var first = new DateTime(bar.OpenTime.Year, bar.OpenTime.Month, 1).Ticks;
            if (month is { } m && m.Time == first)
            {
                month = new Bar(first, m.Open, Math.Max(m.High, bar.High), Math.Min(m.Low, bar.Low), bar.Close, m.Volume + bar.Volume);
                continue;
            }
            if (month is { } finished) yield return finished;
            month = bar with { Time = first };
        }
        if (month is { } last) yield return last;
    }
}
