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
            var date = DateOnly.FromDayNumber(calendar.LocalDay(time));
            IReadOnlyList<(long Open, long Close)> parts;
            while ((parts = calendar.Parts(date)).Count == 0 || parts[^1].Open < time) date = date.AddDays(1);
            time = parts.First(p => p.Open >= time).Open;
        }
        return expected;
    }

    /// <summary>
    /// Returns the parts of a session as the market keeps it: of stocks of New York (XNYS), without regular holidays, and until 13:00 on
    /// half days.
    /// </summary>
    public static IReadOnlyList<(long Open, long Close)> SessionOf(SessionCalendar calendar, DateOnly date)
    {
        if (calendar.Name != SessionCalendar.NewYorkName || calendar.IsSpecial(date)) return calendar.Parts(date);
        if (UsHolidays.Contains(date)) return [];
        if (!UsHolidays.IsHalfDay(date)) return calendar.Parts(date);
        var lost = (calendar.Close - UsHolidays.HalfDayClose).Ticks;
        return [.. calendar.Parts(date).Select(p => (p.Open, p.Close - lost))];
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
