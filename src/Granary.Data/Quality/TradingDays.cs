using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>
/// Collects the local days on which a market has bars, and finds missing days on which it usually trades.
/// </summary>
/// <param name="calendar">The calendar of the market.</param>
/// <param name="timeframe">The timeframe of its bars; weekly and longer bars have no trading days.</param>
internal sealed class TradingDays(SessionCalendar calendar, Timeframe timeframe)
{
    // A weekday is a trading day if the market has bars in at least this fraction of the weeks.
    private const double Usual = 0.5;
    private const int FewestWeeks = 4;

    private readonly HashSet<int> _days = [];
    private readonly int[] _weekdays = new int[7];
    private int _first = int.MaxValue, _last = int.MinValue;
    private long _end = long.MinValue;

    /// <summary>Adds the days of the next bars. Times must be ascending.</summary>
    public void Add(ReadOnlySpan<long> times)
    {
        if (timeframe.Ticks > TimeSpan.TicksPerDay) return;
        foreach (var time in times)
        {
            if (time < _end) continue;
            // A daily bar is stamped with its date; other bars belong to a day of the market's time zone.
            var day = timeframe.IsIntraday ? calendar.LocalDay(time) : (int)(time / TimeSpan.TicksPerDay);
            _end = timeframe.IsIntraday ? calendar.StartOfDay(day + 1) : (day + 1) * TimeSpan.TicksPerDay;
            if (!_days.Add(day)) continue;
            _weekdays[day % 7]++;
            (_first, _last) = (Math.Min(_first, day), Math.Max(_last, day));
        }
    }

    /// <summary>
    /// Returns the days between the first and the last on which bars are missing: days without bars on a usual trading day that is not a
    /// holiday of the calendar. For a market that keeps the US exchange holidays, these and the unscheduled closures are excluded.
    /// </summary>
    public IReadOnlyList<DateOnly> Missing()
    {
        // Only weeks with bars: those of a hole say nothing about the days on which the market trades.
        var weeks = Math.Min((_last - _first + 1) / 7, _days.Select(d => d / 7).Distinct().Count());
        if (_days.Count == 0 || weeks < FewestWeeks) return [];
        var (holidays, missing) = (new HashSet<DateOnly>(calendar.Holidays), new List<DateOnly>());
        var (kept, open) = (0, 0);
        for (var day = _first; day <= _last; day++)
        {
            // Day 0 is a Monday.
            if (_weekdays[day % 7] < Usual * weeks) continue;
            var date = DateOnly.FromDayNumber(day);
            if (UsHolidays.Contains(date))
            {
                if (_days.Contains(day)) open++;
                else kept++;
            }
            if (!_days.Contains(day) && !holidays.Contains(date)) missing.Add(date);
        }
        var isAmerican = calendar.Name == "XNYS" || kept > 0 && kept >= 4 * open;
        return isAmerican ? [.. missing.Where(d => !UsHolidays.Contains(d) && ExchangeClosures.ReasonOf(d) is null)] : missing;
    }
}
