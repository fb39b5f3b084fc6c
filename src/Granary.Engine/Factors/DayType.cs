using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Whether the session so far is a trend day or a range day.</summary>
[Factor("day-type", "Trend-day measure of the session so far: 1 = opened at the low and stands at the high, 0 = back at its open, -1 = down; .range compares its range with those of the sessions before.",
    Lines = ",range", Formula = "(close − session open) / (session high − session low), 0 on a flat session; range = (session high − session low) / their mean over so many finished sessions",
    Source = "Crabel 1990", Range = "-1 … 1; .range 0 …", Undefined = "before the feed's first session; .range until so many sessions have ended, and while their mean is 0")]
public sealed class DayType([Range(1, 1_000)] int days = 10) : FactorKernel
{
    private SessionClock _clock = null!;
    private RollingSum _ranges = new(days);
    private double _open = double.NaN, _high, _low, _sum;
    private long _finished;
    private bool _opened;

    public override int WarmUp => 1;

    public override int WarmUpOf(int line) => line == 0 ? 1 : days + 1;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var time = bars.Time;
        var open = bars.Open;
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var trend = lines[0];
        var size = lines[1];
        for (var i = 0; i < time.Length; i++)
        {
            if (_clock.MoveTo(time[i])) _opened = false;
            if (_clock.IsOpen)
            {
                if (!_opened)
                {
                    if (!double.IsNaN(_open))
                    {
                        _sum = _ranges.Next(_high - _low);
                        _finished++;
                    }
                    _opened = true;
                    (_open, _high, _low) = (open[i], high[i], low[i]);
                }
                _high = Math.Max(_high, high[i]);
                _low = Math.Min(_low, low[i]);
            }
            var range = _high - _low;
            trend[i] = range > 0 ? Math.Clamp((close[i] - _open) / range, -1, 1) : double.IsNaN(_open) ? double.NaN : 0;
            size[i] = _finished >= days && _sum > 0 ? range / (_sum / days) : double.NaN;
        }
    }
}
