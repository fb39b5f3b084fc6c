namespace Granary.Engine.Market.Chains;

/// <summary>
/// The trading days of a chain. A named session says them, with its holidays. Without one, they are Monday to Friday without the holidays
/// of the exchanges of the United States; a market that has traded on a Saturday trades on all days.
/// </summary>
internal sealed class ChainDays(SessionCalendar calendar, Timeframe timeframe)
{
    private bool _tradesOnSaturdays;

    /// <summary>The trading day of a bar. Days are dated by their local date.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public DateOnly Of(long time) => DateOnly.FromDayNumber(timeframe.IsIntraday ? calendar.LocalDay(time)
        : (int)(time / TimeSpan.TicksPerDay));

    /// <summary>Notes a day on which the market has traded.</summary>
    public void See(DateOnly day) => _tradesOnSaturdays |= day.DayOfWeek == DayOfWeek.Saturday;

    /// <summary>
    /// The trading day that lies a number of trading days before a day; with 0, the day itself or the last one before it.
    /// </summary>
    public DateOnly Before(DateOnly day, int count)
    {
        if (count == 0 && IsTradingDay(day)) return day;
        for (var left = Math.Max(count, 1); left > 0;)
        {
            day = day.AddDays(-1);
            if (IsTradingDay(day)) left--;
        }
        return day;
    }

    /// <summary>Whether a day is a trading day, by the days that were noted so far.</summary>
    public bool IsTradingDay(DateOnly day)
    {
        if (!calendar.IsContinuous)
            return calendar.IsTradingDay(day) && (calendar.IsSpecial(day) || !KeepsUsHolidays || !UsHolidays.Contains(day));
        return _tradesOnSaturdays || day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !UsHolidays.Contains(day);
    }

    private bool KeepsUsHolidays => calendar.Zone.Id is "America/New_York" or "America/Chicago";
}
