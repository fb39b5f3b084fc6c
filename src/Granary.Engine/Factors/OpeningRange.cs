using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>High and low of the first minutes of the session.</summary>
[Factor("opening-range", "High (.upper) and low (.lower) of the session's first minutes, from the bar that completes them to the day's end.", Lines = "upper,lower",
    Formula = "upper = max(high), lower = min(low) of the bars that open within so many minutes of the session's open (of the day's first bar in a market that never closes)",
    Source = "Crabel 1990", Range = "price", Undefined = "until the range is complete, and on days without a bar in it")]
public sealed class OpeningRange([Range(1, 1_440)] int minutes = 30) : FactorKernel
{
    private SessionClock _clock = null!;
    private double _upper, _lower;
    private long _end;
    private bool _started;

    public override int WarmUp => Math.Max(1, (int)(minutes * TimeSpan.TicksPerMinute / Series.Timeframe.Ticks));

    /// <exception cref="ArgumentException">The feed's bars are longer than the range.</exception>
    public override void Start()
    {
        if (Series.Timeframe.Ticks > minutes * TimeSpan.TicksPerMinute)
            throw new ArgumentException($"opening-range({minutes}) needs bars of at most {minutes} minutes, and {Series} has longer ones");
        _clock = new SessionClock(Series);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var time = bars.Time;
        var high = bars.High;
        var low = bars.Low;
        var upper = lines[0];
        var lower = lines[1];
        for (var i = 0; i < time.Length; i++)
        {
            var now = time[i];
            if (_clock.MoveTo(now)) _started = false;
            if (_clock.IsOpen)
            {
                if (!_started && now < _clock.Open + minutes * TimeSpan.TicksPerMinute || !_started && _clock.IsContinuous)
                {
                    _started = true;
                    _end = (_clock.IsContinuous ? now : _clock.Open) + minutes * TimeSpan.TicksPerMinute;
                    (_upper, _lower) = (high[i], low[i]);
                }
                else if (_started && now < _end)
                {
                    _upper = Math.Max(_upper, high[i]);
                    _lower = Math.Min(_lower, low[i]);
                }
            }
            var complete = _started && now + Series.Timeframe.Ticks >= _end;
            upper[i] = complete ? _upper : double.NaN;
            lower[i] = complete ? _lower : double.NaN;
        }
    }
}
