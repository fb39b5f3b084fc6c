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
        if (to == from || !to.IsMultipleOf(from))
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
}
