using System.Globalization;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volumes;

/// <summary>Volume-weighted average price since an anchor.</summary>
[Factor("vwap", "Volume-weighted average of the typical price since the anchor: session, week, month, start (the feed's first bar) or a "
    + "date as 2024-03-01.",
    Formula = "Σ typical · volume / Σ volume since the anchor, typical = (high + low + close) / 3",
    Source = "textbook; vwap(start) as Stock.Indicators", Range = "price", Undefined = "before a date's anchor, and until there is volume")]
internal sealed class Vwap : FactorKernel
{
    private readonly string _anchor;
    private readonly long _date = long.MaxValue;
    private SessionClock _clock = null!;
    private double _value, _volume;
    private long _week = long.MinValue;
    private int _month = -1;
    private bool _wasOpen, _anchored;

    /// <exception cref="ArgumentException">Not an anchor.</exception>
    public Vwap(string anchor = "session")
    {
        _anchor = anchor;
        if (anchor is "session" or "week" or "month" or "start") return;
        if (!DateOnly.TryParseExact(anchor, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            throw new ArgumentException($"anchor = {anchor}: use session, week, month, start or a date as 2024-03-01");
        _date = date.DayNumber;
    }

    public override int WarmUp => 1;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        for (var i = 0; i < bars.Count;)
        {
            var newDay = _clock.MoveTo(bars.Time[i]);
            var count = _clock.BarsOfDay(bars.Time[i..]);
            if (_anchor == "session")
            {
                // Trades before the open belong to the day, but not to the session.
                var before = SessionClock.BarsBefore(bars.Time.Slice(i, count), _clock.Open);
                if (before > 0) count = before;
                var opens = _clock.IsOpen && !_wasOpen;
                _wasOpen = _clock.IsOpen;
                if (newDay || opens) Anchor();
            }
            else if (IsAnchor(newDay))
            {
                Anchor();
            }
            Average(bars.Slice(i, count), result.Slice(i, count));
            i += count;
        }
    }

    private void Anchor()
    {
        _anchored = true;
        _value = _volume = 0;
    }

    private void Average(in FactorInput bars, Span<double> results)
    {
        if (!_anchored)
        {
            results.Fill(double.NaN);
            return;
        }
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var traded = bars.Volume;
        var (value, volume) = (_value, _volume);
        for (var i = 0; i < results.Length; i++)
        {
            value += (high[i] + low[i] + close[i]) / 3 * traded[i];
            volume += traded[i];
            results[i] = volume > 0 ? value / volume : double.NaN;
        }
        (_value, _volume) = (value, volume);
    }

    private bool IsAnchor(bool newDay)
    {
        switch (_anchor)
        {
            case "week":
                if (!newDay || _clock.Week == _week) return false;
                _week = _clock.Week;
                return true;
            case "month":
                if (!newDay || _clock.Month == _month) return false;
                _month = _clock.Month;
                return true;
            case "start":
                return !_anchored;
            default:
                return !_anchored && _clock.Day >= _date;
        }
    }
}
