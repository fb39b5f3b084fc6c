using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Follows a feed through its sessions: asks the calendar once a day instead of once a bar.</summary>
internal sealed class SessionClock(SessionCalendar calendar)
{
    private long _dayEnd = long.MinValue;
    private long _now;

    public bool IsContinuous => calendar.IsContinuous;

    /// <summary>The local day of the bar last moved to, as days since 0001-01-01.</summary>
    public int Day { get; private set; }

    /// <summary>UTC ticks at which the session of that day opens; the day's start where it has none.</summary>
    public long Open { get; private set; }

    /// <summary>UTC ticks at which the session of that day closes; equal to <see cref="Open"/> where it has none.</summary>
    public long Close { get; private set; }

    /// <summary>Whether the bar lies in the session.</summary>
    public bool IsOpen => _now >= Open && _now < Close;

    /// <summary>Goes to the bar that opens at <paramref name="time"/>.</summary>
    /// <returns>Whether this is a new local day.</returns>
    public bool MoveTo(long time)
    {
        _now = time;
        if (time < _dayEnd) return false;
        Day = calendar.LocalDay(time);
        var start = Midnight(Day);
        _dayEnd = Midnight(Day + 1);
        (Open, Close) = calendar.IsContinuous
            ? (start, _dayEnd)
            : calendar.Session(DateOnly.FromDayNumber(Day)) ?? (start, start);
        return true;
    }

    private long Midnight(int day)
    {
        var local = new DateTime(day * TimeSpan.TicksPerDay);
        if (calendar.IsContinuous) return local.Ticks;
        if (calendar.Zone.IsInvalidTime(local)) local += TimeSpan.FromHours(1);
        return TimeZoneInfo.ConvertTimeToUtc(local, calendar.Zone).Ticks;
    }
}
