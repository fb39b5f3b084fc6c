using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Sessions;

/// <summary>Whether the session so far is a trend day or a range day.</summary>
[Factor("day-type", "Trend-day measure of the session so far: 1 = opened at the low and stands at the high, 0 = back at its open, -1 = "
    + "down; .range compares its range with those of the sessions before.",
    Lines = ",range", Formula = "(close − session open) / (session high − session low), 0 on a flat session; range = (session high − "
        + "session low) / their mean over so many finished sessions",
    Source = "Crabel 1990", Range = "-1 … 1; .range 0 …",
    Undefined = "before the feed's first session; .range until so many sessions have ended, and while their mean is 0")]
internal sealed class DayType([Range(1, 1_000)] int days = 10) : FactorKernel
{
    private SessionClock _clock = null!;
    private RollingFold<Total> _ranges = new(days);
    private double _open = double.NaN, _high, _low, _sum;
    private long _finished;
    private bool _opened;

    public override int WarmUp => 1;

    public override int WarmUpOf(int line) => line == 0 ? 1 : days + 1;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count;)
        {
            if (_clock.MoveTo(bars.Time[i])) _opened = false;
            var day = bars.Time.Slice(i, _clock.BarsOfDay(bars.Time[i..]));
            var opens = SessionClock.BarsBefore(day, _clock.Open);
            var closes = SessionClock.BarsBefore(day, _clock.Close);
            Measure(bars.Slice(i, opens), lines.Slice(i, opens), isOpen: false);
            if (closes > opens && !_opened) Open(bars.Open[i + opens]);
            Measure(bars.Slice(i + opens, closes - opens), lines.Slice(i + opens, closes - opens), isOpen: true);
            Measure(bars.Slice(i + closes, day.Length - closes), lines.Slice(i + closes, day.Length - closes), isOpen: false);
            i += day.Length;
        }
    }

    private void Open(double price)
    {
        if (!double.IsNaN(_open))
        {
            _sum = _ranges.Next(_high - _low);
            _finished++;
        }
        _opened = true;
        (_open, _high, _low) = (price, double.NegativeInfinity, double.PositiveInfinity);
    }

    private void Measure(in FactorInput bars, in FactorOutput lines, bool isOpen)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var trend = lines[0];
        var size = lines[1];
        var (open, top, bottom) = (_open, _high, _low);
        var still = double.IsNaN(open) ? double.NaN : 0;
        var mean = _finished >= days && _sum > 0 ? _sum / days : double.NaN;
        for (var i = 0; i < trend.Length; i++)
        {
            if (isOpen)
            {
                top = double.MaxNative(top, high[i]);
                bottom = double.MinNative(bottom, low[i]);
            }
            var range = top - bottom;
            // After the close the price may leave the session's range.
            trend[i] = range > 0 ? double.MinNative(1, double.MaxNative(-1, (close[i] - open) / range)) : still;
            size[i] = range / mean;
        }
        (_high, _low) = (top, bottom);
    }
}
