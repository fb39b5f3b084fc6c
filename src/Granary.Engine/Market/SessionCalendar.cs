namespace Granary.Engine.Market;

/// <summary>When a venue trades: around the clock, or between two local times on given weekdays, daylight saving included.</summary>
public sealed class SessionCalendar
{
    private readonly TimeZoneInfo _zone;
    private readonly bool[] _days;
    private readonly HashSet<DateOnly> _holidays;

    private SessionCalendar(string name, TimeZoneInfo zone, TimeSpan open, TimeSpan close, DayOfWeek[] days, IEnumerable<DateOnly> holidays,
        bool continuous)
    {
        Name = name;
        _zone = zone;
        Open = open;
        Close = close;
        _days = new bool[7];
        foreach (var d in days) _days[(int)d] = true;
        _holidays = [.. holidays];
        IsContinuous = continuous;
    }

    /// <summary>Every minute of every day, in UTC.</summary>
    public static SessionCalendar Continuous { get; } = new("24/7", TimeZoneInfo.Utc, TimeSpan.Zero, TimeSpan.FromDays(1),
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday,
            DayOfWeek.Sunday], [], continuous: true);

    /// <summary>A daily session in local time.</summary>
    /// <param name="timeZone">IANA id, as "America/New_York".</param>
    /// <param name="open">Local time of the first bar's open.</param>
    /// <param name="close">
    /// Local time at which the session ends. Where it is before <paramref name="open"/>, the session opens on the evening before its day:
    /// one of 18:00 to 17:00 trades Monday from Sunday evening on.
    /// </param>
    /// <param name="holidays">Local dates without a session.</param>
    /// <exception cref="ArgumentException">The close is the open, or one of them is not a time of a day.</exception>
    /// <exception cref="TimeZoneNotFoundException">The machine does not know the zone.</exception>
    public static SessionCalendar Daily(string name, string timeZone, TimeSpan open, TimeSpan close, IEnumerable<DateOnly>? holidays = null)
    {
        if (close == open || open < TimeSpan.Zero || open >= TimeSpan.FromDays(1) || close < TimeSpan.Zero || close > TimeSpan.FromDays(1))
            throw new ArgumentException("a session opens and closes at two different times of day; one that closes before it opens has "
                + "opened on the evening before", nameof(close));
        return new SessionCalendar(name, TimeZoneInfo.FindSystemTimeZoneById(timeZone), open, close,
            [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday], holidays ?? [],
            continuous: false);
    }

    /// <summary>New York stock hours, 09:30 to 16:00, without a list of holidays.</summary>
    public static SessionCalendar NewYork() => Daily("XNYS", "America/New_York", new TimeSpan(9, 30, 0), new TimeSpan(16, 0, 0));

    public string Name { get; }

    /// <summary>Local time of day.</summary>
    public TimeSpan Open { get; }

    /// <summary>Local time of day.</summary>
    public TimeSpan Close { get; }

    public bool IsContinuous { get; }

    /// <summary>Whether a day's session opens on the evening before.</summary>
    public bool CrossesMidnight => Close < Open;

    public TimeZoneInfo Zone => _zone;

    /// <summary>Local dates without a session although it is a weekday of the calendar, in order.</summary>
    public IReadOnlyList<DateOnly> Holidays => [.. _holidays.Order()];

    /// <summary>The local wall clock at a UTC time.</summary>
    public DateTime ToLocal(long utcTicks) => TimeZoneInfo.ConvertTimeFromUtc(new DateTime(utcTicks, DateTimeKind.Utc), _zone);

    /// <summary>Whether a bar that opens at this time belongs to a session.</summary>
    public bool IsOpen(long utcTicks)
    {
        if (IsContinuous) return true;
        return Session(DateOnly.FromDayNumber(LocalDay(utcTicks))) is { } session && utcTicks >= session.Open && utcTicks < session.Close;
    }

    public bool IsTradingDay(DateOnly localDate) => _days[(int)localDate.DayOfWeek] && !_holidays.Contains(localDate);

    /// <summary>The open and close of a local date's session, as UTC ticks; null on a day without a session.</summary>
    public (long Open, long Close)? Session(DateOnly localDate)
    {
        if (!IsTradingDay(localDate)) return null;
        var day = localDate.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        return (ToUtc((CrossesMidnight ? day.AddDays(-1) : day) + Open), ToUtc(day + Close));
    }

    private long ToUtc(DateTime local)
    {
        // A wall clock that daylight saving skips is read as the first time after the jump.
        if (_zone.IsInvalidTime(local)) local += TimeSpan.FromHours(1);
        return TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), _zone).Ticks;
    }

    /// <summary>
    /// The trading day of a UTC time, as days since 0001-01-01: what daily aggregation and day orders go by. It is the local day; the
    /// evening on which a session that crosses midnight opens belongs to that session's day.
    /// </summary>
    public int LocalDay(long utcTicks)
    {
        if (IsContinuous) return (int)(utcTicks / TimeSpan.TicksPerDay);
        var local = ToLocal(utcTicks);
        var day = (int)(local.Ticks / TimeSpan.TicksPerDay);
        return CrossesMidnight && local.TimeOfDay >= Open && IsTradingDay(DateOnly.FromDayNumber(day + 1)) ? day + 1 : day;
    }

    /// <summary>The start of a trading day, UTC ticks: its local midnight, or the evening before it on which its session opens.</summary>
    public long StartOfDay(int day)
    {
        if (IsContinuous) return day * TimeSpan.TicksPerDay;
        var date = DateOnly.FromDayNumber(day);
        var midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        return ToUtc(CrossesMidnight && IsTradingDay(date) ? midnight.AddDays(-1) + Open : midnight);
    }

    /// <summary>The last tick of the session that a time belongs to; after it, or on a day without one, of the local day.</summary>
    public long EndOfDay(long utcTicks)
    {
        var day = LocalDay(utcTicks);
        if (IsContinuous) return (day + 1L) * TimeSpan.TicksPerDay - 1;
        return Session(DateOnly.FromDayNumber(day)) is { } session && session.Close > utcTicks ? session.Close - 1
            : Next(TimeSpan.Zero, utcTicks) - 1;
    }

    /// <summary>The next time, after this one, at which the local wall clock shows a time of day; UTC ticks.</summary>
    public long Next(TimeSpan timeOfDay, long utcTicks)
    {
        if (IsContinuous)
        {
            var today = utcTicks - utcTicks % TimeSpan.TicksPerDay + timeOfDay.Ticks;
            return today > utcTicks ? today : today + TimeSpan.TicksPerDay;
        }
        var local = ToLocal(utcTicks);
        var wanted = local.Date + timeOfDay;
        return ToUtc(wanted > local ? wanted : wanted.AddDays(1));
    }
}
