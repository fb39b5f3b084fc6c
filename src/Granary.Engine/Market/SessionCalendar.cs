namespace Granary.Engine.Market;

/// <summary>
/// When a venue trades: around the clock, or between two local times on given weekdays, with breaks, daylight saving included.
/// </summary>
public sealed class SessionCalendar
{
    // No market is closed for longer.
    private const int MostDaysClosed = 40;

    private static readonly DayOfWeek[] Weekdays =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    private readonly TimeZoneInfo _zone;
    private readonly bool[] _days;
    private readonly HashSet<DateOnly> _holidays;
    private readonly (TimeSpan Start, TimeSpan End)[] _breaks;
    // By date; null if there are none.
    private readonly Dictionary<DateOnly, (TimeSpan Open, TimeSpan Close)>? _special;

    private SessionCalendar(string name, TimeZoneInfo zone, TimeSpan open, TimeSpan close, IEnumerable<DayOfWeek> days)
    {
        Name = name;
        _zone = zone;
        Open = open;
        Close = close;
        _days = new bool[7];
        foreach (var d in days) _days[(int)d] = true;
        if (!_days.Contains(true)) throw new InputException("a session has at least one day of the week");
        (_holidays, _breaks) = ([], []);
    }

    private SessionCalendar(SessionCalendar hours, IEnumerable<DateOnly> holidays, IEnumerable<(TimeSpan Start, TimeSpan End)> breaks)
        : this(hours.Name, hours._zone, hours.Open, hours.Close, hours.Days)
    {
        (_holidays, _breaks, _special) = ([.. holidays], [.. breaks], hours._special);
        var last = TimeSpan.Zero;
        foreach (var (start, end) in _breaks)
        {
            if (SinceOpen(start) <= last || SinceOpen(end) <= SinceOpen(start) || SinceOpen(end) >= SinceOpen(Close))
                throw new InputException("the breaks of a session lie within it, one after the other");
            last = SinceOpen(end);
        }
    }

    private SessionCalendar(SessionCalendar hours, IEnumerable<DateOnly> holidays,
        IEnumerable<(DateOnly Date, (TimeSpan Open, TimeSpan Close) Hours)> special)
        : this(hours, hours._holidays.Concat(holidays), hours._breaks)
    {
        var dates = new Dictionary<DateOnly, (TimeSpan Open, TimeSpan Close)>(hours._special ?? []);
        foreach (var (date, own) in special)
        {
            if (_holidays.Contains(date)) throw new InputException($"{date:yyyy-MM-dd} is a holiday and has a session; keep one of them");
            CheckHours(own.Open, own.Close);
            dates[date] = own;
        }
        if (dates.Count > 0) _special = dates;
    }

    /// <summary>Every minute of every day, in UTC.</summary>
    public static SessionCalendar Continuous { get; } = new("24/7", TimeZoneInfo.Utc, TimeSpan.Zero, TimeSpan.FromDays(1),
        Enum.GetValues<DayOfWeek>())
    { IsContinuous = true };

    /// <summary>A daily session in local time.</summary>
    /// <param name="timeZone">IANA id, as "America/New_York".</param>
    /// <param name="open">Local time of the first bar's open.</param>
    /// <param name="close">
    /// Local time at which the session ends. Where it is not after <paramref name="open"/>, the session opens on the evening before its
    /// day: one of 18:00 to 17:00 trades Monday from Sunday evening on, and one of 17:00 to 17:00 without a pause between its days.
    /// </param>
    /// <param name="holidays">Local dates without a session.</param>
    /// <param name="breaks">Local times without trading within the session, as at noon; in order.</param>
    /// <param name="days">The weekdays of its sessions; null for Monday to Friday.</param>
    /// <exception cref="InputException">One of the times is not a time of a day, or a break is not within the session.</exception>
    /// <exception cref="TimeZoneNotFoundException">The machine does not know the zone.</exception>
    public static SessionCalendar Daily(string name, string timeZone, TimeSpan open, TimeSpan close, IEnumerable<DateOnly>? holidays = null,
        IEnumerable<(TimeSpan Start, TimeSpan End)>? breaks = null, IEnumerable<DayOfWeek>? days = null)
    {
        CheckHours(open, close);
        // From midnight to midnight is the day itself.
        if (open == TimeSpan.Zero && close == TimeSpan.Zero) close = TimeSpan.FromDays(1);
        return new SessionCalendar(new SessionCalendar(name, TimeZoneInfo.FindSystemTimeZoneById(timeZone), open, close, days ?? Weekdays),
            holidays ?? [], breaks ?? []);
    }

    /// <summary>The same hours with other exceptions, in addition to those that it has.</summary>
    /// <param name="holidays">Local dates without a session.</param>
    /// <param name="special">
    /// Local dates with a session of their own hours, also if the calendar has none on that day. Breaks that do not lie within it do not
    /// take place.
    /// </param>
    /// <exception cref="InputException">A time is none of a day, a date is in both, or the market trades around the clock.</exception>
    public SessionCalendar With(IEnumerable<DateOnly> holidays,
        IEnumerable<(DateOnly Date, (TimeSpan Open, TimeSpan Close) Hours)> special) =>
        IsContinuous ? throw new InputException("a market around the clock has no holidays and no special sessions")
            : new SessionCalendar(this, holidays, special);

    private static void CheckHours(TimeSpan open, TimeSpan close)
    {
        if (open < TimeSpan.Zero || open >= TimeSpan.FromDays(1) || close < TimeSpan.Zero || close > TimeSpan.FromDays(1))
            throw new InputException("a session opens at a time from 00:00 to 23:59 and closes at one from 00:00 to 24:00");
    }

    /// <summary>The name of the calendar of stocks of New York.</summary>
    public const string NewYorkName = "XNYS";

    /// <summary>New York stock hours, 09:30 to 16:00, without a list of holidays; see <see cref="UsHolidays"/>.</summary>
    public static SessionCalendar NewYork() => Daily(NewYorkName, "America/New_York", new TimeSpan(9, 30, 0), new TimeSpan(16, 0, 0));

    public string Name { get; }

    /// <summary>Local time of day.</summary>
    public TimeSpan Open { get; }

    /// <summary>Local time of day.</summary>
    public TimeSpan Close { get; }

    public bool IsContinuous { get; private init; }

    /// <summary>Whether a day's session opens on the evening before.</summary>
    public bool CrossesMidnight => Close <= Open;

    /// <summary>Local times without trading within the session, in order.</summary>
    public IReadOnlyList<(TimeSpan Start, TimeSpan End)> Breaks => _breaks;

    /// <summary>The weekdays of its sessions, Sunday first.</summary>
    public IReadOnlyList<DayOfWeek> Days => [.. Enum.GetValues<DayOfWeek>().Where(d => _days[(int)d])];

    public TimeZoneInfo Zone => _zone;

    /// <summary>Local dates without a session although it is a weekday of the calendar, in order.</summary>
    public IReadOnlyList<DateOnly> Holidays => [.. _holidays.Order()];

    /// <summary>Sessions with hours of their own, in order of their local dates.</summary>
    public IReadOnlyList<(DateOnly Date, TimeSpan Open, TimeSpan Close)> Special =>
        _special is null ? [] : [.. _special.OrderBy(s => s.Key).Select(s => (s.Key, s.Value.Open, s.Value.Close))];

    /// <summary>Whether a local date has a session with hours of its own.</summary>
    public bool IsSpecial(DateOnly localDate) => _special?.ContainsKey(localDate) == true;

    /// <summary>The local wall clock at a UTC time.</summary>
    public DateTime ToLocal(long utcTicks) => TimeZoneInfo.ConvertTimeFromUtc(new DateTime(utcTicks, DateTimeKind.Utc), _zone);

    /// <summary>Whether a bar that opens at this time belongs to a session.</summary>
    public bool IsOpen(long utcTicks)
    {
        if (IsContinuous) return true;
        var date = DateOnly.FromDayNumber(LocalDay(utcTicks));
        return Session(date) is { } session && utcTicks >= session.Open && utcTicks < session.Close && BreakAt(date, utcTicks) is null;
    }

    public bool IsTradingDay(DateOnly localDate) =>
        _days[(int)localDate.DayOfWeek] && !_holidays.Contains(localDate) || IsSpecial(localDate);

    /// <summary>The open and close of a local date's session, as UTC ticks; null on a day without a session.</summary>
    public (long Open, long Close)? Session(DateOnly localDate)
    {
        if (!IsTradingDay(localDate)) return null;
        var day = localDate.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        var (open, close) = HoursOn(localDate);
        return (ToUtc((close <= open ? day.AddDays(-1) : day) + open), ToUtc(day + close));
    }

    private (TimeSpan Open, TimeSpan Close) HoursOn(DateOnly localDate) =>
        _special?.TryGetValue(localDate, out var own) == true ? own : (Open, Close);

    // The breaks of a date that lie within its session, as UTC ticks.
    private IEnumerable<(long Start, long End)> BreaksOn(DateOnly localDate)
    {
        var session = IsSpecial(localDate) ? Session(localDate) : null;
        foreach (var (start, end) in _breaks)
        {
            var (from, to) = (OnDay(localDate, start), OnDay(localDate, end));
            if (session is null || from > session.Value.Open && to < session.Value.Close) yield return (from, to);
        }
    }

    /// <summary>The break of a local date's session that holds a time, as UTC ticks; null if there is none.</summary>
    public (long Start, long End)? BreakAt(DateOnly localDate, long utcTicks)
    {
        if (_breaks.Length == 0) return null;
        foreach (var pause in BreaksOn(localDate))
            if (utcTicks >= pause.Start && utcTicks < pause.End)
                return pause;
        return null;
    }

    /// <summary>
    /// The parts of a local date's session between its breaks, in order, as UTC ticks; empty on a day without a session.
    /// </summary>
    public IReadOnlyList<(long Open, long Close)> Parts(DateOnly localDate)
    {
        if (Session(localDate) is not { } session) return [];
        if (_breaks.Length == 0) return [session];
        var parts = new List<(long Open, long Close)>();
        var open = session.Open;
        foreach (var (start, end) in BreaksOn(localDate))
        {
            parts.Add((open, start));
            open = end;
        }
        parts.Add((open, session.Close));
        return parts;
    }

    /// <summary>
    /// The first time, at or after this one, at which the market trades, UTC ticks. In stock hours of New York, the exchanges' regular
    /// holidays and half days count too.
    /// </summary>
    public long NextOpen(long utcTicks)
    {
        if (IsContinuous) return utcTicks;
        var day = LocalDay(utcTicks);
        for (var i = 0; i < MostDaysClosed; i++)
        {
            var date = DateOnly.FromDayNumber(day + i);
            if (Traded(date) is not var (open, close)) continue;
            if (utcTicks >= close) continue;
            return utcTicks < open ? open : BreakAt(date, utcTicks)?.End ?? utcTicks;
        }
        return StartOfDay(day + MostDaysClosed);
    }

    /// <summary>
    /// The next time, after this one, at which the local clock shows a time of day on a day with a session, UTC ticks. On a day whose
    /// session ends at or before that time, as on half days, it is the open of the session's last bar.
    /// </summary>
    /// <param name="bar">The length of a bar, in ticks.</param>
    public long NextInSession(TimeSpan timeOfDay, long utcTicks, long bar)
    {
        if (IsContinuous) return Next(timeOfDay, utcTicks);
        var day = LocalDay(utcTicks);
        for (var i = 0; i < MostDaysClosed; i++)
        {
            var date = DateOnly.FromDayNumber(day + i);
            if (Traded(date) is not var (open, close)) continue;
            var time = OnDay(date, timeOfDay);
            if (time >= close) time = close - bar > open ? close - bar : close;
            if (time > utcTicks) return time;
        }
        return Next(timeOfDay, utcTicks);
    }

    // The session of a date by the exchanges' regular holidays and half days too.
    private (long Open, long Close)? Traded(DateOnly date)
    {
        var session = Session(date);
        if (session is not var (open, close) || !KeepsUsHolidays || IsSpecial(date)) return session;
        if (UsHolidays.Contains(date)) return null;
        return UsHolidays.IsHalfDay(date) ? (open, Math.Min(close, OnDay(date, UsHolidays.HalfDayClose))) : session;
    }

    private bool KeepsUsHolidays => _zone.Id == "America/New_York" && !CrossesMidnight;

    /// <summary>Whether midnight UTC lies within its sessions, in winter or in summer, so days of UTC cut them in two.</summary>
    public bool IsCutByUtcDays
    {
        get
        {
            if (IsContinuous || Open == Close) return false;
            return Cut(new DateOnly(2024, 1, 10)) || Cut(new DateOnly(2024, 7, 10));

            bool Cut(DateOnly date) => OnDay(date, Open) / TimeSpan.TicksPerDay != (OnDay(date, Close) - 1) / TimeSpan.TicksPerDay;
        }
    }

    // Of a session that crosses midnight, the times from its open on are those of the evening before.
    private long OnDay(DateOnly localDate, TimeSpan timeOfDay)
    {
        var day = localDate.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        return ToUtc((CrossesMidnight && timeOfDay >= Open ? day.AddDays(-1) : day) + timeOfDay);
    }

    private TimeSpan SinceOpen(TimeSpan timeOfDay) => timeOfDay - Open
        + (timeOfDay < Open || timeOfDay == Close && Close == Open ? TimeSpan.FromDays(1) : TimeSpan.Zero);

    // A local time that the clocks skip is the end of the gap; of one that they repeat, the second.
    private long ToUtc(DateTime local) => WallClock.Of(_zone, local.Ticks).Last;

    /// <summary>
    /// The trading day of a UTC time, as days since 0001-01-01: what daily aggregation and day orders go by. It is the local day; the
    /// evening on which a session that crosses midnight opens belongs to that session's day.
    /// </summary>
    public int LocalDay(long utcTicks)
    {
        if (IsContinuous) return (int)(utcTicks / TimeSpan.TicksPerDay);
        var local = ToLocal(utcTicks);
        var day = (int)(local.Ticks / TimeSpan.TicksPerDay);
        if (_special is not null)
            return Session(DateOnly.FromDayNumber(day + 1)) is { } next && utcTicks >= next.Open ? day + 1 : day;
        return CrossesMidnight && local.TimeOfDay >= Open && IsTradingDay(DateOnly.FromDayNumber(day + 1)) ? day + 1 : day;
    }

    /// <summary>The start of a trading day, UTC ticks: its local midnight, or the evening before it on which its session opens.</summary>
    public long StartOfDay(int day)
    {
        if (IsContinuous) return day * TimeSpan.TicksPerDay;
        var date = DateOnly.FromDayNumber(day);
        var midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        var (open, close) = HoursOn(date);
        return ToUtc(close <= open && IsTradingDay(date) ? midnight.AddDays(-1) + open : midnight);
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

    /// <summary>The hours as the command line takes them, such as "Asia/Tokyo 09:00-11:30,12:30-15:00"; "24/7" around the clock.</summary>
    public override string ToString()
    {
        if (IsContinuous) return Name;
        var (text, from) = (new System.Text.StringBuilder(_zone.Id).Append(' '), Open);
        foreach (var (start, end) in _breaks)
        {
            text.Append(Clock(from)).Append('-').Append(Clock(start)).Append(',');
            from = end;
        }
        return text.Append(Clock(from)).Append('-').Append(Clock(Close)).ToString();

        static string Clock(TimeSpan time) =>
            FormattableString.Invariant($"{(int)time.TotalHours:00}:{time.Minutes:00}");
    }
}
