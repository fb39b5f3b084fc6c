using System.Numerics;
using Granary.Engine.Numerics;

namespace Granary.Engine.Market;

/// <summary>
/// Infers the sessions of a market from the times of its intraday bars: the hours of the day, the weekdays, and the time zone in whose
/// clock these hours are the same all year.
/// </summary>
internal sealed class SessionInference(Timeframe timeframe)
{
    private const int MinutesOfSlot = 5, SlotsOfDay = 24 * 60 / MinutesOfSlot, Words = (SlotsOfDay + 63) / 64;
    private const long SlotTicks = MinutesOfSlot * TimeSpan.TicksPerMinute;

    // Both changes of the clocks.
    private const int MostDays = 400;

    // The days from which the usual end of trading is taken.
    private const int RecentDays = 30;

    // A slot in which fewer days than this part of the busiest slot's have bars is closed; a pause lasts at least six slots.
    private const double Traded = 0.1;
    private const int ShortestPause = 6;

    // Zones whose hours differ by less than this part are equally good, as all are for bars of one season.
    private const double Alike = 0.004;

    // The usual hours of exchanges, and whether they pause at noon. They decide between zones that fit equally well.
    private static readonly (string Zone, double Open, double Close, bool Noon)[] Known =
    [
        ("America/New_York", 9.5, 16, false), ("America/New_York", 4, 20, false), ("America/Chicago", 17, 16, false),
        ("America/Chicago", 8.5, 15, false), ("Europe/London", 8, 16.5, false), ("Europe/Berlin", 9, 17.5, false),
        ("Europe/Berlin", 8, 22, false), ("Asia/Tokyo", 9, 15, true), ("Asia/Tokyo", 9, 15.5, true), ("Asia/Hong_Kong", 9.5, 16, true),
        ("Asia/Shanghai", 9.5, 15, true), ("Asia/Kolkata", 9.25, 15.5, false), ("Australia/Sydney", 10, 16, false),
        ("Pacific/Auckland", 10, 16.75, false), ("Asia/Singapore", 9, 17, false), ("Asia/Seoul", 9, 15.5, false),
        ("Asia/Taipei", 9, 13.5, false), ("America/Sao_Paulo", 10, 17, false), ("Africa/Johannesburg", 9, 17, false),
        ("Asia/Jerusalem", 10, 17.25, false), ("Asia/Riyadh", 10, 15, false), ("Europe/Istanbul", 10, 18, false),
        ("Europe/Moscow", 10, 18.75, false), ("UTC", 0, 24, false),
    ];

    private static readonly Lazy<IReadOnlyList<TimeZoneInfo>> Zones = new(() =>
        [.. Known.Select(k => k.Zone).Distinct(StringComparer.Ordinal)
            .Select(z => TimeZoneInfo.TryFindSystemTimeZoneById(z, out var zone) ? zone : null).OfType<TimeZoneInfo>()]);

    private readonly List<UtcDay> _days = [];
    private SessionCalendar? _calendar;
    private bool _isInferred;
    // The last bars before the last pauses.
    private readonly Queue<long> _ends = [];
    private long _count, _offClock, _previous;
    // Daily bars by weekday, Sunday first.
    private readonly long[] _weekdays = new long[7];
    private long _firstDay = long.MaxValue;

    private sealed class UtcDay(long first)
    {
        public readonly long Number = first / TimeSpan.TicksPerDay, First = first;
        public readonly ulong[] Slots = new ulong[Words];
        public long Last;
    }

    // Hours of the day in one zone, in slots. Close is at most a day after open; equal to it without a pause.
    private readonly record struct Hours(TimeZoneInfo Zone, double Blur, int Open, int Close, IReadOnlyList<(int Start, int End)> Breaks);

    /// <summary>
    /// The sessions that the bars added so far show; null for a market that trades around the clock, for bars of less than two days, and
    /// for daily or longer bars.
    /// </summary>
    public SessionCalendar? Calendar
    {
        get
        {
            if (!_isInferred) (_calendar, _isInferred) = (Infer(), true);
            return _calendar;
        }
    }

    /// <summary>Adds the times of the next bars, which are ascending.</summary>
    public void Add(ReadOnlySpan<long> times)
    {
        if (timeframe == Timeframe.D1)
        {
            foreach (var time in times) Add(time / TimeSpan.TicksPerDay);
        }
        if (!timeframe.IsIntraday) return;
        foreach (var time in times)
        {
            var day = time / TimeSpan.TicksPerDay;
            if (_days.Count == 0 || _days[^1].Number != day)
            {
                if (_days.Count == MostDays) _days.RemoveAt(0);
                _days.Add(new UtcDay(time));
            }
            if (_count > 0 && time - _previous >= ShortestPause * SlotTicks) _ends.Enqueue(_previous);
            if (_ends.Count > 2 * RecentDays) _ends.Dequeue();
            _days[^1].Last = _previous = time;
            var slot = (int)(time % TimeSpan.TicksPerDay / SlotTicks);
            _days[^1].Slots[slot / 64] |= 1UL << (slot % 64);
            _count++;
            if (time % timeframe.Ticks != 0) _offClock++;
        }
        _isInferred = false;
    }

    private void Add(long day)
    {
        _firstDay = Math.Min(_firstDay, day);
        _previous = day * TimeSpan.TicksPerDay;
        _weekdays[(int)DateOnly.FromDayNumber((int)day).DayOfWeek]++;
    }

    /// <summary>
    /// The weekdays that daily bars show, as sessions of whole days; null for a market that trades on Saturdays too, for bars of less than
    /// four weeks, and for other than daily bars. A Sunday is no day of its own: it begins the Monday after it.
    /// </summary>
    public SessionCalendar? Weekdays
    {
        get
        {
            if (_previous / TimeSpan.TicksPerDay - _firstDay < 4 * 7 || timeframe != Timeframe.D1 || _weekdays[(int)DayOfWeek.Saturday] > 0)
                return null;
            var most = _weekdays.Max();
            return SessionCalendar.Daily("inferred", "UTC", TimeSpan.Zero, TimeSpan.FromDays(1),
                days: Enum.GetValues<DayOfWeek>().Where(d => d != DayOfWeek.Sunday && _weekdays[(int)d] * 10 >= most * 3));
        }
    }

    /// <summary>Whether daily bars have Sundays and no Saturdays, as for currencies and markets that rest on Fridays.</summary>
    public bool BeginsOnSunday => Weekdays is not null && _weekdays[(int)DayOfWeek.Sunday] * 10 >= _weekdays.Max() * 3;

    /// <summary>
    /// The sessions by which longer bars are cut instead of the clock of UTC. Days of UTC may cut the sessions in two. Intraday bars of UTC
    /// may cut the short bars in two, as hours from 09:30 on. Null where UTC cuts neither.
    /// </summary>
    public SessionCalendar? InsteadOfUtc(Timeframe longer) =>
        Calendar is { } found && (found.IsCutByUtcDays || longer.IsIntraday && found.Open != found.Close && _offClock * 2 > _count)
            ? found : null;

    /// <summary>
    /// How long before the end of a session the last bar of most recent days ends, in ticks: 0 for a market that trades all the time.
    /// </summary>
    public long QuietEnd(SessionCalendar calendar)
    {
        // The last day may be unfinished.
        var last = calendar.IsContinuous ? _days.SkipLast(1).TakeLast(RecentDays).Select(d => d.Last) : _ends;
        var early = new Dictionary<int, long>();
        foreach (var time in last)
        {
            // Of several pauses of a day, as at noon, the last one ends it.
            var day = calendar.LocalDay(time);
            if (calendar.Session(DateOnly.FromDayNumber(day)) is { } session)
                early[day] = Math.Max(0, session.Close - timeframe.CloseOf(time));
        }
        long[] sorted = [.. early.Values.Order()];
        return sorted.Length < 4 ? 0 : Quantile.Lower<long>(sorted, 0.8);
    }

    private SessionCalendar? Infer()
    {
        if (_days.Count < 2) return null;
        // The clocks move a pause by an hour, and no more: without one in UTC there is none in any zone.
        var utc = CountsIn(TimeZoneInfo.Utc);
        if (utc.Min() > 0.75 * utc.Max()) return AroundTheClockOnWeekdays();
        var found = Zones.Value.Select(HoursIn).ToList();
        var least = found.Min(h => h.Blur);
        var best = found.Where(h => h.Blur <= least + Alike).MinBy(Distance);
        if (best.Open == best.Close) return AroundTheClockOnWeekdays();
        var every = Named(best, Enum.GetValues<DayOfWeek>());
        var days = TradingDays(every);
        return days.Count < 2 ? null : Named(best, WeekdaysOf(days));
    }

    // Days with a bar in each slot of the day.
    private int[] CountsIn(TimeZoneInfo zone)
    {
        var counts = new int[SlotsOfDay];
        var length = (int)Math.Max(1, timeframe.Ticks / SlotTicks);
        foreach (var day in _days)
        {
            var shift = (int)(zone.GetUtcOffset(new DateTime(day.First, DateTimeKind.Utc)).Ticks / SlotTicks);
            foreach (var slot in SlotsOf(day))
                for (var i = 0; i < length; i++) counts[(slot + i + shift + SlotsOfDay) % SlotsOfDay]++;
        }
        return counts;
    }

    private Hours HoursIn(TimeZoneInfo zone)
    {
        var counts = CountsIn(zone);
        var most = counts.Max();
        var blur = counts.Sum(c => Math.Min(c, most - c)) / ((double)most * SlotsOfDay);
        var pauses = Pauses([.. counts.Select(c => c > Traded * most)]);
        if (pauses.Count == 0) return new Hours(zone, blur, 0, 0, []);
        var night = pauses.MaxBy(p => p.Length);
        var opening = (night.Start + night.Length) % SlotsOfDay;
        return new Hours(zone, blur, opening, night.Start,
            [.. pauses.Where(p => p != night).OrderBy(p => (p.Start - opening + SlotsOfDay) % SlotsOfDay)
                .Select(p => (p.Start, (p.Start + p.Length) % SlotsOfDay))]);
    }

    // The runs of slots without trading, around midnight too.
    private static List<(int Start, int Length)> Pauses(bool[] open)
    {
        var pauses = new List<(int Start, int Length)>();
        var first = Array.IndexOf(open, true);
        for (var i = 0; i < SlotsOfDay;)
        {
            var length = 0;
            while (i + length < SlotsOfDay && !open[(first + i + length) % SlotsOfDay]) length++;
            if (length >= ShortestPause) pauses.Add(((first + i) % SlotsOfDay, length));
            i += length + 1;
        }
        return pauses;
    }

    // From the usual hours of an exchange in that zone, in hours.
    private static double Distance(Hours hours) => Known.Where(k => k.Zone == hours.Zone.Id)
        .Min(k => Apart(k.Open, hours.Open) + Apart(k.Close, hours.Close) + (k.Noon != hours.Breaks.Count > 0 ? 0.75 : 0))
        + (hours.Zone.Id == "UTC" ? 3 : 0);

    private static double Apart(double known, int slot)
    {
        var apart = Math.Abs(known - slot * MinutesOfSlot / 60.0) % 24;
        return Math.Min(apart, 24 - apart);
    }

    private static SessionCalendar Named(Hours hours, IEnumerable<DayOfWeek> days)
    {
        // A session that ends with the day closes at 24:00.
        var close = hours.Close == 0 ? TimeSpan.FromDays(1) : Time(hours.Close);
        return SessionCalendar.Daily("inferred", hours.Zone.Id, Time(hours.Open), close, null,
            hours.Breaks.Select(b => (Time(b.Start), b.End == 0 ? TimeSpan.FromDays(1) : Time(b.End))), days);

        static TimeSpan Time(int slot) => TimeSpan.FromMinutes(slot * MinutesOfSlot);
    }

    private HashSet<int> TradingDays(SessionCalendar calendar)
    {
        var days = new HashSet<int>();
        foreach (var day in _days)
            foreach (var slot in SlotsOf(day))
                days.Add(calendar.LocalDay(day.Number * TimeSpan.TicksPerDay + slot * SlotTicks));
        return days;
    }

    // Bars of less than two weeks do not show on which weekdays a market is closed.
    private static IEnumerable<DayOfWeek> WeekdaysOf(HashSet<int> days)
    {
        var counts = new int[7];
        foreach (var day in days) counts[(int)DateOnly.FromDayNumber(day).DayOfWeek]++;
        var isShort = days.Max() - days.Min() < 13;
        return Enum.GetValues<DayOfWeek>().Where(d => isShort ? counts[(int)d] > 0 || d is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
            : counts[(int)d] * 10 >= counts.Max() * 3);
    }

    // Currencies trade from Sunday 17:00 to Friday 17:00 in New York.
    private SessionCalendar? AroundTheClockOnWeekdays()
    {
        var week = SessionCalendar.Daily("inferred", "America/New_York", TimeSpan.FromHours(17), TimeSpan.FromHours(17));
        var recent = _days.TakeLast(3 * RecentDays).ToList();
        // Tick zero is a Monday.
        if (recent[^1].Number - recent[0].Number < 7 || recent.Exists(d => d.Number % 7 == 5 && SlotsOf(d).Count() * 10 > SlotsOfDay))
            return null;
        var times = recent.SelectMany(d => SlotsOf(d).Select(s => d.Number * TimeSpan.TicksPerDay + s * SlotTicks)).ToList();
        return times.Count(t => !week.IsOpen(t)) * 100 <= times.Count ? week : null;
    }

    private static IEnumerable<int> SlotsOf(UtcDay day)
    {
        for (var w = 0; w < Words; w++)
            for (var bits = day.Slots[w]; bits != 0; bits &= bits - 1)
                yield return w * 64 + BitOperations.TrailingZeroCount(bits);
    }
}
