using Granary.Engine.Market;

namespace Granary.Data.Feeds;

/// <summary>Counts the bars that a market's calendar expects.</summary>
internal static class ExpectedBars
{
    /// <summary>Counts the bars between two bars, without these two.</summary>
    /// <param name="after">Open of the earlier bar, UTC ticks.</param>
    /// <param name="next">Open of the later bar, UTC ticks.</param>
    public static long Between(Instrument instrument, Timeframe timeframe, long after, long next)
    {
        var calendar = instrument.Calendar;
        var step = timeframe.Ticks;
        if (timeframe == Timeframe.Mo1) return Math.Max(0, MonthsBetween(after, next) - 1);
        if (timeframe == Timeframe.D1 && instrument.DailyEquity) return Weekdays(after + step, next);
        if (calendar.IsContinuous || !timeframe.IsIntraday) return Math.Max(0, (next - after) / step - 1);
        var expected = 0L;
        for (var time = after + step; time < next;)
        {
            if (calendar.IsOpen(time))
            {
                expected++;
                time += step;
                continue;
            }
            // to the next session's open
            var date = DateOnly.FromDateTime(calendar.ToLocal(time));
            (long Open, long Close)? session = null;
            while ((session = calendar.Session(date)) is null || session.Value.Open < time) date = date.AddDays(1);
            time = session.Value.Open;
        }
        return expected;
    }

    /// <summary>Counts the calendar months between two times.</summary>
    public static long MonthsBetween(long from, long to)
    {
        var (first, last) = (new DateTime(from), new DateTime(to));
        return (last.Year - first.Year) * 12L + last.Month - first.Month;
    }

    private static long Weekdays(long from, long to)
    {
        var days = 0L;
        // Tick zero is a Monday.
        for (var day = from; day < to; day += TimeSpan.TicksPerDay)
            if (day / TimeSpan.TicksPerDay % 7 < 5)
                days++;
        return days;
    }
}
