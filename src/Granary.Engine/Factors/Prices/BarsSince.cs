using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Prices;

/// <summary>Event from which <see cref="BarsSince"/> counts.</summary>
internal enum BarEvent
{
    Session,
    Week,
    Month,
    High,
    Low,
    Rise,
    Fall,
}

/// <summary>The number of bars since an event.</summary>
[Factor("bars-since", "Bars since a session, week or month began, since the highest high or lowest low of the last n bars, or "
    + "since the last rise or fall of the close.",
    Formula = "0 at the bar itself; the older of equal extremes counts", Source = "textbook", Range = "0 …; high and low below n",
    Undefined = "for session before the first one opens; for rise and fall until the first")]
internal sealed class BarsSince(BarEvent what = BarEvent.Session, [Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingExtreme _extreme = new(n, what == BarEvent.Low ? -1 : 1);
    private SessionClock _clock = null!;
    private double _previous = double.NaN, _bars = double.NaN;
    private long _seen, _span = long.MinValue;
    private bool _wasOpen;

    public override int WarmUp => what switch
    {
        BarEvent.High or BarEvent.Low => n,
        BarEvent.Rise or BarEvent.Fall => 2,
        BarEvent.Session or BarEvent.Week or BarEvent.Month => 1,
    };

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        switch (what)
        {
            case BarEvent.High or BarEvent.Low:
                var prices = what == BarEvent.High ? bars.High : bars.Low;
                for (var i = 0; i < result.Length; i++) result[i] = _extreme.AgeAfter(prices[i]);
                Blank(result, ref _seen, n);
                break;
            case BarEvent.Rise or BarEvent.Fall:
                var close = bars.Close;
                for (var i = 0; i < result.Length; i++)
                {
                    var change = close[i] - _previous;
                    _previous = close[i];
                    _bars = (what == BarEvent.Rise ? change > 0 : change < 0) ? 0 : _bars + 1;
                    result[i] = _bars;
                }
                break;
            case BarEvent.Session or BarEvent.Week or BarEvent.Month:
                for (var i = 0; i < result.Length;)
                {
                    var starts = Starts(_clock.MoveTo(bars.Time[i]));
                    var count = _clock.BarsOfDay(bars.Time[i..]);
                    // A session opens within a day: the bars before its open are counted separately.
                    var before = what == BarEvent.Session ? SessionClock.BarsBefore(bars.Time.Slice(i, count), _clock.Open) : 0;
                    if (before > 0) count = before;
                    var passed = starts ? -1 : _bars;
                    for (var k = 0; k < count; k++) result[i + k] = passed += 1;
                    _bars = passed;
                    i += count;
                }
                break;
        }
    }

    private bool Starts(bool newDay)
    {
        if (what == BarEvent.Session)
        {
            var starts = _clock.IsOpen && (newDay || !_wasOpen);
            _wasOpen = _clock.IsOpen;
            return starts;
        }
        if (!newDay) return false;
        var span = what == BarEvent.Week ? _clock.Week : _clock.Month;
        if (span == _span) return false;
        _span = span;
        return true;
    }
}
