namespace Granary.Engine.Factors;

/// <summary>From the last session's close to this one's open, in percent.</summary>
[Factor("gap", "From the close of the last session to the open of this one, in percent, all session long.",
    Formula = "100 · (session open − last session's close) / last session's close", Source = "textbook", Range = "percent",
    Undefined = "in the feed's first session")]
public sealed class Gap : FactorKernel
{
    private SessionClock _clock = null!;
    private double _lastClose = double.NaN, _gap = double.NaN;
    private bool _opened;

    public override int WarmUp => 2;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var time = bars.Time;
        var open = bars.Open;
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < time.Length; i++)
        {
            if (_clock.MoveTo(time[i])) _opened = false;
            if (_clock.IsOpen)
            {
                if (!_opened) _gap = 100 * (open[i] - _lastClose) / _lastClose;
                _opened = true;
                _lastClose = close[i];
            }
            result[i] = _gap;
        }
    }
}
