using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Sessions;

/// <summary>High and low of the first minutes of the session.</summary>
[Factor("opening-range", "High (.upper) and low (.lower) of the session's first minutes, from the bar that completes them to the day's "
    + "end.", Lines = "upper,lower",
    Formula = "upper = max(high), lower = min(low) of the bars that open within so many minutes of the session's open (of the day's first "
        + "bar in a market that never closes)",
    Source = "Crabel 1990", Range = "price", Undefined = "until the range is complete, and on days without a bar in it")]
internal sealed class OpeningRange([Range(1, 1_440)] int minutes = 30) : FactorKernel
{
    private SessionClock _clock = null!;
    private double _upper, _lower;
    // When the day's range ends; not yet where it has not begun.
    private long _end = long.MaxValue;

    public override int WarmUp => Math.Max(1, (int)(minutes * TimeSpan.TicksPerMinute / Series.Timeframe.Ticks));

    /// <exception cref="ArgumentException">The feed's bars are longer than the range.</exception>
    public override void Start()
    {
        if (Series.Timeframe.Ticks > minutes * TimeSpan.TicksPerMinute)
            throw new InputException($"opening-range({minutes}) needs bars of at most {minutes} minutes, and {Series} has longer ones");
        _clock = new SessionClock(Series);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var upper = lines[0];
        var lower = lines[1];
        var length = minutes * TimeSpan.TicksPerMinute;
        for (var i = 0; i < bars.Count;)
        {
            if (_clock.MoveTo(bars.Time[i])) _end = long.MaxValue;
            var day = bars.Time.Slice(i, _clock.BarsOfDay(bars.Time[i..]));
            var from = SessionClock.BarsBefore(day, _clock.Open);
            if (_end == long.MaxValue && from < day.Length && (_clock.IsContinuous || day[from] < _clock.Open + length))
            {
                _end = (_clock.IsContinuous ? day[from] : _clock.Open) + length;
                (_upper, _lower) = (double.NegativeInfinity, double.PositiveInfinity);
            }
            // Before the range, within it, and after it.
            var to = _end == long.MaxValue ? day.Length : Math.Max(from, SessionClock.BarsBefore(day, Math.Min(_end, _clock.Close)));
            for (var k = 0; k < to; k++)
            {
                if (k >= from && _end < long.MaxValue)
                {
                    _upper = Math.Max(_upper, high[i + k]);
                    _lower = Math.Min(_lower, low[i + k]);
                }
                var complete = k >= from && day[k] >= _end - Series.Timeframe.Ticks;
                upper[i + k] = complete ? _upper : double.NaN;
                lower[i + k] = complete ? _lower : double.NaN;
            }
            for (; to < day.Length && day[to] < _end - Series.Timeframe.Ticks; to++) upper[i + to] = lower[i + to] = double.NaN;
            upper[(i + to)..(i + day.Length)].Fill(_upper);
            lower[(i + to)..(i + day.Length)].Fill(_lower);
            i += day.Length;
        }
    }
}
