using Granary.Engine.Factors.Kernels;

namespace Granary.Engine.Factors.Prices;

/// <summary>From the last session's close to this one's open, in percent.</summary>
[Factor("gap", "From the close of the last session to the open of this one, in percent, all session long.",
    Formula = "100 · (session open − last session's close) / last session's close", Source = "textbook", Range = "percent",
    Undefined = "in the feed's first session")]
internal sealed class Gap : FactorKernel
{
    private SessionClock _clock = null!;
    private double _lastClose = double.NaN, _gap = double.NaN;
    private bool _opened;

    public override int WarmUp => 2;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        for (var i = 0; i < bars.Count;)
        {
            if (_clock.MoveTo(bars.Time[i])) _opened = false;
            var day = bars.Time.Slice(i, _clock.BarsOfDay(bars.Time[i..]));
            var opens = SessionClock.BarsBefore(day, _clock.Open);
            var closes = SessionClock.BarsBefore(day, _clock.Close);
            result.Slice(i, opens).Fill(_gap);
            if (closes > opens)
            {
                if (!_opened) _gap = 100 * (bars.Open[i + opens] - _lastClose) / _lastClose;
                _opened = true;
                _lastClose = bars.Close[i + closes - 1];
            }
            result.Slice(i + opens, day.Length - opens).Fill(_gap);
            i += day.Length;
        }
    }
}
