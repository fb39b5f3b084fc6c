namespace Granary.Engine.Market;

/// <summary>
/// Builds bars of a longer timeframe out of shorter ones, one at a time. A long bar is finished by the first short bar
/// that lies beyond it, or by the short bar that reaches its end; until then it is <see cref="Unfinished"/> and nobody is shown it as closed.
/// </summary>
public sealed class BarAggregator
{
    private readonly Timeframe _from, _to;
    private readonly SessionCalendar _calendar;
    private Bar _current;
    private long _currentEnd;
    private bool _has;

    /// <exception cref="ArgumentException">The target is not a longer timeframe that the source divides.</exception>
    public BarAggregator(Timeframe from, Timeframe to, SessionCalendar? calendar = null)
    {
        if (to.Ticks <= from.Ticks || to.Ticks % from.Ticks != 0)
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
            _current = new Bar(_current.Time, _current.Open, Math.Max(_current.High, bar.High),
                Math.Min(_current.Low, bar.Low), bar.Close, _current.Volume + bar.Volume);
        }
        if (bar.Time + _from.Ticks >= _currentEnd)
        {
            completed = _current;
            _has = false;
        }
    }

    /// <summary>Time has passed: the bar under construction is over where its end has been reached, though its last short bars never came.</summary>
    /// <param name="instant">UTC ticks up to which every short bar has been given.</param>
    public Bar? Reach(long instant)
    {
        if (!_has || instant < _currentEnd) return null;
        _has = false;
        return _current;
    }

    private (long Start, long End) Bounds(long time)
    {
        if (_calendar.IsContinuous || _to.IsIntraday)
        {
            var start = _to.Floor(time);
            return (start, start + _to.Ticks);
        }
        // A day or week of a local session: dated by its local date, over when the session of its last day closes.
        var localDay = (long)_calendar.LocalDay(time) * TimeSpan.TicksPerDay;
        var first = _to.Floor(localDay);
        var last = DateOnly.FromDateTime(new DateTime(first + _to.Ticks - TimeSpan.TicksPerDay));
        for (var i = 0; i < 7; i++, last = last.AddDays(-1))
            if (_calendar.Session(last) is { } session && (session.Close > time))
                return (first, session.Close);
        return (first, time + _from.Ticks);
    }
}
