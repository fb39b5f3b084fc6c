using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>Finds missing bars: relative to the session calendar or, without one, to the market's recurring breaks.</summary>
internal sealed class MissingBarFinder(Instrument instrument, Timeframe timeframe)
{
    /// <summary>Shortest gap, in ticks, that counts as a night or a lunch break if it regularly ends at the same hour.</summary>
    public const long LongBreak = 2 * TimeSpan.TicksPerHour;

    private const int MostGaps = 200_000;

    // From Friday's close to Sunday's or Monday's open.
    private const long LongestWeekend = 80 * TimeSpan.TicksPerHour;

    private readonly List<(long After, long Next)> _gaps = [];
    private readonly Dictionary<(long TimeOfDay, long Length), int> _habits = [];
    private readonly Dictionary<long, int> _openings = [];
    private readonly long[] _weekdays = new long[7];

    // Weekdays without a bar on which the exchanges were closed, with the reason.
    private readonly SortedDictionary<DateOnly, string> _closures = [];
    // Sessions without bars, and weekdays on which the exchanges of the United States keep a holiday.
    private readonly SortedSet<DateOnly> _sessions = [], _holidays = [];
    private long _count, _first, _previous, _lost, _saturdays, _days, _weeks, _lastDay = -1, _lastWeek = -1;

    /// <summary>Opens of the bars before and after each step that is longer than the timeframe, including session breaks.</summary>
    public IReadOnlyList<(long After, long Next)> Gaps => _gaps;

    /// <param name="time">Open of the next bar, UTC ticks.</param>
    public void Add(long time)
    {
        var day = time / TimeSpan.TicksPerDay;
        if (day != _lastDay)
        {
            _days++;
            _lastDay = day;
            if (day / 7 != _lastWeek) _weeks++;
            _lastWeek = day / 7;
        }
        // Tick zero is a Monday.
        _weekdays[day % 7]++;
        if (day % 7 == 5) _saturdays++;
        if (_count++ == 0) _first = time;
        else if (time > timeframe.CloseOf(_previous)) AddGap(time);
        _previous = time;
    }

    private void AddGap(long time)
    {
        var step = time - _previous;
        if (step >= LongBreak)
        {
            var opening = time % TimeSpan.TicksPerDay;
            _openings[opening] = _openings.GetValueOrDefault(opening) + 1;
        }
        if (_gaps.Count < MostGaps) _gaps.Add((_previous, time));
        else _lost++;
        var habit = (_previous % TimeSpan.TicksPerDay, step);
        if (_habits.Count < 50_000 || _habits.ContainsKey(habit)) _habits[habit] = _habits.GetValueOrDefault(habit) + 1;
    }

    /// <summary>Adds a finding for each of the largest gaps, and one for all others.</summary>
    /// <param name="barsOfDay">The number of bars on the market's typical day; 0 if there are too few days.</param>
    /// <returns>The number of missing bars.</returns>
    public long Find(List<Finding> findings, int barsOfDay)
    {
        var missing = 0L;
        var shown = new List<(long After, long Next, long Bars)>();
        var counted = 0L;
        foreach (var (after, next) in _gaps)
        {
            var bars = MissingBetween(after, next, barsOfDay, out var wholeDay);
            if (bars == 0) continue;
            missing += bars;
            if (wholeDay)
            {
                continue;
            }
            Examples.Keep(shown, (after, next, bars), static g => g.Item3);
            counted++;
        }
        // Up to about ten single missing weekdays per year are holidays; more than that, or several in a row, are a gap.
        var isUsual = !timeframe.IsIntraday && instrument.DailyEquity && missing * 20 <= _count;
        var examples = shown.Where(g => !isUsual || g.Bars >= 3).ToList();
        foreach (var (after, next, bars) in examples)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Gap, Text(after),
                $"{(bars == 1 ? "1 bar is" : $"{bars} bars are")} missing until {Text(next)}",
                "fill the gap from another source, or leave its days out"));
        var rest = counted + _lost - examples.Count;
        if (rest > 0)
            findings.Add(isUsual
                ? new Finding(Severity.Info, QualityCheck.Gap, Range(), $"{missing} weekdays have no bar, as holidays do",
                    "nothing, unless the market was open")
                : new Finding(Severity.Warning, QualityCheck.Gap, Range(),
                    $"there are {rest} more gaps, {missing} bars missing in all ({100.0 * missing / Math.Max(1, missing + _count):0.##} %)",
                    "nothing happens inside a gap; use a longer timeframe if there are many"));
        findings.AddRange(ExchangeClosures.Findings(_closures));
        if (_holidays.Count > 0)
            findings.Add(new Finding(Severity.Info, QualityCheck.Gap, Range(),
                $"there are no bars on {SharedMissingDays.Text([.. _holidays])}, regular holidays of the exchanges of the United States",
                "nothing"));
        if (_sessions.Count > 0)
            findings.Add(new Finding(Severity.Info, QualityCheck.Gap, Range(),
                $"{(_sessions.Count == 1 ? "1 session has" : $"{_sessions.Count} single sessions have")} no bars, or none from its middle on, "
                    + $"as holidays and half days do: {SharedMissingDays.Text([.. _sessions])}", "nothing, unless the market was open"));
        return missing;
    }

    /// <param name="wholeDay">One session, or its second half, is missing: a holiday, unless other markets traded.</param>
    private long MissingBetween(long after, long next, int barsOfDay, out bool wholeDay)
    {
        wholeDay = false;
        if (timeframe == Timeframe.Mo1) return Feeds.ExpectedBars.MonthsBetween(after, next) - 1;
        if (timeframe == Timeframe.W1) return (next - after) / timeframe.Ticks - 1;
        if (timeframe == Timeframe.D1) return instrument.DailyEquity ? MissingWeekdays(after, next) : MissingDays(after, next);
        return instrument.Calendar.IsContinuous
            ? MissingByHabit(after, next, barsOfDay, out wholeDay)
            : MissingInSessions(after, next, out wholeDay);
    }

    private long MissingWeekdays(long after, long next)
    {
        var missing = 0L;
        for (var d = after + TimeSpan.TicksPerDay; d < next; d += TimeSpan.TicksPerDay)
        {
            var day = DateOnly.FromDateTime(new DateTime(d));
            if (d / TimeSpan.TicksPerDay % 7 < 5 && !instrument.Calendar.Holidays.Contains(day) && !WasClosed(day)) missing++;
        }
        return missing;
    }

    // Skips the weekdays on which the market never trades, such as Saturdays for currencies.
    private long MissingDays(long after, long next)
    {
        // Only weeks with bars: those of a hole say nothing about the days on which the market trades.
        var weeks = Math.Min(_weeks, (_previous - _first) / TimeSpan.TicksPerDay / 7);
        if (weeks < 4) return (next - after) / TimeSpan.TicksPerDay - 1;
        var expected = 0L;
        for (var d = after / TimeSpan.TicksPerDay + 1; d < next / TimeSpan.TicksPerDay; d++)
            if (_weekdays[d % 7] * 10 >= weeks)
                expected++;
        return expected;
    }

    private long MissingInSessions(long after, long next, out bool wholeDay)
    {
        var calendar = instrument.Calendar;
        var isNewYork = calendar.Name == SessionCalendar.NewYorkName;
        var missing = 0L;
        var last = DateOnly.FromDayNumber(calendar.LocalDay(next));
        var (sessions, whole, tails) = (new List<DateOnly>(), 0, 0);
        for (var date = DateOnly.FromDayNumber(calendar.LocalDay(after)); date <= last; date = date.AddDays(1))
        {
            var parts = Feeds.ExpectedBars.SessionOf(calendar, date);
            if (parts.Count == 0)
            {
                if (calendar.Session(date) is { } closed && closed.Open > after && closed.Close <= next) _holidays.Add(date);
                continue;
            }
            if (isNewYork && WasClosed(date)) continue;
            var bars = parts.Sum(p => MissingIn(p, after, next));
            if (bars == 0) continue;
            missing += bars;
            sessions.Add(date);
            var (open, close) = (parts[0].Open, parts[^1].Close);
            var from = Math.Max(open, after + timeframe.Ticks);
            if (from == open && close <= next) whole++;
            else if (close <= next && from - open >= (close - open) / 2) tails++;
        }
        // If the calendar knows its holidays, a session that is none of them took place.
        wholeDay = tails <= 1 && whole <= (calendar.Holidays.Count == 0 && !isNewYork ? 1 : 0) && whole + tails == sessions.Count;
        if (wholeDay) _sessions.UnionWith(sessions);
        return missing;
    }

    private long MissingIn((long Open, long Close) part, long after, long next)
    {
        var step = timeframe.Ticks;
        var (from, to) = (Math.Max(part.Open, after + step), Math.Min(part.Close, next));
        // The close shortens the last bar.
        return to <= from ? 0 : (to - from + (to == part.Close ? step - 1 : 0)) / step;
    }

    // Without a calendar, sessions are inferred from breaks that recur at the same hour, and from weekends.
    private long MissingByHabit(long after, long next, int barsOfDay, out bool wholeDay)
    {
        wholeDay = false;
        var length = next - after;
        if (_saturdays == 0 && length <= LongestWeekend && after / TimeSpan.TicksPerDay % 7 is 4
            && next / TimeSpan.TicksPerDay % 7 is 6 or 0) return 0;
        // If a market with sessions misses complete weekdays, as over a holiday, the missing bars between two openings do not include the
        // nights.
        if (_saturdays == 0 && length >= LongBreak && IsUsual(_openings.GetValueOrDefault(next % TimeSpan.TicksPerDay)) && barsOfDay > 0)
        {
            var days = Weekdays(after, next).LongCount();
            wholeDay = days == 1;
            if (wholeDay) _sessions.UnionWith(Weekdays(after, next));
            return days * barsOfDay;
        }
        // A short break at the same time on many days is one of the market, as at noon.
        var habit = _habits.GetValueOrDefault((after % TimeSpan.TicksPerDay, length));
        if (length <= 10 * timeframe.Ticks && habit * 4 < _days) habit = 0;
        if (length >= LongBreak) habit = Math.Max(habit, _openings.GetValueOrDefault(next % TimeSpan.TicksPerDay));
        return IsUsual(habit) && length < 2 * TimeSpan.TicksPerDay ? 0 : length / timeframe.Ticks - 1;
    }

    // The weekdays that lie completely between two times.
    private static IEnumerable<DateOnly> Weekdays(long after, long next)
    {
        for (var d = after / TimeSpan.TicksPerDay + 1; d < next / TimeSpan.TicksPerDay; d++)
            if (d % 7 < 5)
                yield return DateOnly.FromDayNumber((int)d);
    }

    // On a tenth of the days: daylight saving shifts an opening for months, whereas random gaps repeat on few days.
    private bool IsUsual(int habit) => habit >= 3 && habit * 10 >= _days;

    private bool WasClosed(DateOnly day)
    {
        if (ExchangeClosures.ReasonOf(day) is not { } reason) return false;
        _closures[day] = reason;
        return true;
    }

    private string Range() => $"{Text(_first)} to {Text(_previous)}";

    private string Text(long time) => Examples.Time(time, timeframe);
}
