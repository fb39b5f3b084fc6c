using Granary.Engine.Market;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// Follows a feed through its days and sessions. It queries the calendar once a day instead of once a bar. Each bar of a daily or weekly
/// feed counts as a day and a session.
/// </summary>
internal sealed class SessionClock
{
    private readonly SessionCalendar _calendar;
    private long _dayStart, _dayEnd = long.MinValue, _now;

    public SessionClock(MarketSeries series)
    {
        _calendar = series.Timeframe.IsIntraday ? series.Instrument.Calendar : SessionCalendar.Continuous;
    }

    public bool IsContinuous => _calendar.IsContinuous;

    /// <summary>The local day of the bar last moved to, as days since 0001-01-01.</summary>
    public int Day { get; private set; }

    /// <summary>The number of its week, which begins on Monday.</summary>
    public int Week => Day / 7;

    /// <summary>The number of its month: 12 · year + month.</summary>
    public int Month { get; private set; }

    /// <summary>UTC ticks at which the session of that day opens; the day's start where it has none.</summary>
    public long Open { get; private set; }

    /// <summary>UTC ticks at which the session of that day closes; equal to <see cref="Open"/> where it has none.</summary>
    public long Close { get; private set; }

    /// <summary>Whether the bar lies in the session.</summary>
    public bool IsOpen => _now >= Open && _now < Close;

    /// <summary>Minutes on the local clock since midnight, for bars of the day last moved to.</summary>
    public void MinutesOfDay(ReadOnlySpan<long> time, Span<double> results)
    {
        if (_dayEnd - _dayStart == TimeSpan.TicksPerDay && !_calendar.CrossesMidnight)
        {
            var start = _dayStart;
            for (var i = 0; i < time.Length; i++) results[i] = (int)((time[i] - start) / TimeSpan.TicksPerMinute);
        }
        else
        {
            // Clocks change today, or the day begins in the evening.
            for (var i = 0; i < time.Length; i++) results[i] = Math.Floor(_calendar.ToLocal(time[i]).TimeOfDay.TotalMinutes);
        }
    }

    /// <summary>Goes to the bar that opens at <paramref name="time"/>.</summary>
    /// <returns>Whether this is a new local day.</returns>
    public bool MoveTo(long time)
    {
        _now = time;
        if (time < _dayEnd) return false;
        Day = _calendar.LocalDay(time);
        var date = DateOnly.FromDayNumber(Day);
        Month = 12 * date.Year + date.Month;
        _dayStart = _calendar.StartOfDay(Day);
        _dayEnd = _calendar.StartOfDay(Day + 1);
        (Open, Close) = _calendar.IsContinuous ? (_dayStart, _dayEnd) : _calendar.Session(date) ?? (_dayStart, _dayStart);
        return true;
    }

    /// <summary>How many of these bars, from the one last moved to, belong to its day.</summary>
    public int BarsOfDay(ReadOnlySpan<long> time) => BarsBefore(time, _dayEnd);

    /// <summary>How many of these bars, oldest first, open before <paramref name="end"/>.</summary>
    public static int BarsBefore(ReadOnlySpan<long> time, long end)
    {
        if (time.Length == 0 || time[^1] < end) return time.Length;
        var (from, to) = (0, time.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (time[middle] < end) from = middle + 1;
            else to = middle;
        }
        return from;
    }
}
