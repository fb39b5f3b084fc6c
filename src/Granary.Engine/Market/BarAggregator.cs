namespace Granary.Engine.Market;

/// <summary>
/// Builds bars of a longer timeframe out of shorter ones, one at a time. A long bar is finished by the first short bar
/// that lies beyond it, or by the short bar that reaches its end; until then it is <see cref="Unfinished"/> and does not count as closed.
/// </summary>
internal sealed class BarAggregator
{
    private const int MostDaysWithoutSession = 31;

    private readonly Timeframe _from, _to;
    private readonly SessionCalendar _calendar;
    private Bar _current;
    private long _currentEnd, _closed;
    private bool _has;

    /// <exception cref="ArgumentException">The target is not a longer timeframe that the source divides.</exception>
    public BarAggregator(Timeframe from, Timeframe to, SessionCalendar? calendar = null)
    {
        if (to == from || !to.IsMultipleOf(from))
            throw new ArgumentException($"{to} bars cannot be built from {from} bars", nameof(to));
        _from = from;
        _to = to;
        _calendar = calendar ?? SessionCalendar.Continuous;
    }

    /// <summary>The bar under construction; null between bars.</summary>
    public Bar? Unfinished => _has ? _current : null;

    /// <summary>Takes the next short bar.</summary>
    /// <param name="before">A long bar that this one showed to be over (a gap), if any.</param>
    /// <param name="completed">The long bar that this one completes, if any.</param>
    public void Add(in Bar bar, out Bar? before, out Bar? completed)
    {
        before = completed = null;
        if (_has && bar.Time >= _currentEnd)
        {
            before = _current;
            _has = false;
        }
        if (!_has)
        {
            var (start, end) = Bounds(bar.Time);
            _current = bar with { Time = start };
            _currentEnd = end;
            _has = true;
        }
        else
        {
            _current = _current.JoinedWith(bar);
        }
        _closed = _from.CloseOf(bar.Time);
        if (_closed >= _currentEnd)
        {
            completed = _current;
            _has = false;
        }
    }

    /// <summary>
    /// Time has passed: the bar under construction is over where its end has been reached, though its last short bars never came.
    /// </summary>
    /// <param name="timestamp">UTC ticks up to which every short bar has been given.</param>
    public Bar? Reach(long timestamp)
    {
        if (!_has || timestamp < _currentEnd) return null;
        _has = false;
        return _current;
    }

    /// <summary>
    /// The data have ended: the bar under construction, if the market does not trade any more before its end; null if it is unfinished, or
    /// if there is none. The hours of the market are those of the calendar or, around the clock, those that its bars show: of
    /// daily bars the weekdays.
    /// </summary>
    /// <param name="seen">The times of the short bars, at least of the last ones.</param>
    public Bar? Finish(SessionInference seen)
    {
        if (!IsOver(seen)) return null;
        _has = false;
        return _current;
    }

    /// <summary>Whether <see cref="Finish"/> would return a bar.</summary>
    /// <inheritdoc cref="Finish"/>
    public bool IsOver(SessionInference seen)
    {
        if (!_has) return false;
        var hours = _calendar.IsContinuous ? seen.Calendar ?? seen.Weekdays ?? _calendar : _calendar;
        // A market that trades seldom has no bars in the last minutes of its sessions.
        return hours.NextOpen(_closed) >= _currentEnd || hours.NextOpen(_closed + seen.QuietEnd(hours)) >= _currentEnd;
    }

    private (long Start, long End) Bounds(long time)
    {
        if (_calendar.IsContinuous) return Cut(time);
        if (_to.IsIntraday) return Intraday(time);
        return Days(time);
    }

    // A day, week or month of sessions: dated by its local date, over when its last session closes. What trades after that belongs to the
    // next one.
    private (long Start, long End) Days(long time)
    {
        var day = _calendar.LocalDay(time);
        for (var i = 0; i < MostDaysWithoutSession; i++, day++)
        {
            if (_calendar.Session(DateOnly.FromDayNumber(day)) is not { } next || next.Close <= time) continue;
            var first = _to.Floor(day * TimeSpan.TicksPerDay);
            var last = DateOnly.FromDayNumber((int)(_to.CloseOf(first) / TimeSpan.TicksPerDay) - 1);
            while (_calendar.Session(last) is null) last = last.AddDays(-1);
            var close = _calendar.Session(last)!.Value.Close;
            if (close > time) return (first, close);
        }
        return Cut(time);
    }

    // Counted from the open of the session, or of its part after a break, and cut at its close; what trades before and after it, and in
    // the break, has bars of its own. No bar reaches into another day.
    private (long Start, long End) Intraday(long time)
    {
        var day = _calendar.LocalDay(time);
        var (first, end) = (_calendar.StartOfDay(day), _calendar.StartOfDay(day + 1));
        var date = DateOnly.FromDayNumber(day);
        if (_calendar.Session(date) is not { } session)
        {
            var cut = Cut(time);
            return (Math.Max(cut.Start, first), Math.Min(cut.End, end));
        }
        // A short bar that the open cuts in two is the session's first.
        var at = time < session.Open && time + _from.Ticks > session.Open ? session.Open : time;
        if (at >= session.Close) return From(session.Close, at, end);
        if (at >= session.Open)
        {
            if (_calendar.BreakAt(date, at) is not { } pause)
            {
                var (open, close) = PartAt(date, session, at);
                return From(open, at, close);
            }
            if (at + _from.Ticks <= pause.End) return From(pause.Start, at, pause.End);
            return From(pause.End, pause.End, PartAt(date, session, pause.End).Close);
        }
        var before = at - (_to.Ticks - 1 - (session.Open - 1 - at) % _to.Ticks);
        return (Math.Max(before, first), before + _to.Ticks);
    }

    // The part of a session between two breaks.
    private (long Open, long Close) PartAt(DateOnly date, (long Open, long Close) session, long at)
    {
        if (_calendar.Breaks.Count == 0) return session;
        foreach (var part in _calendar.Parts(date))
            if (at < part.Close)
                return part;
        return session;
    }

    // The bar at a time, counted from an open and cut at a close.
    private (long Start, long End) From(long open, long at, long close)
    {
        var start = at - (at - open) % _to.Ticks;
        return (start, Math.Min(start + _to.Ticks, close));
    }

    private (long Start, long End) Cut(long time)
    {
        var start = _to.Floor(time);
        return (start, _to.CloseOf(start));
    }
}
