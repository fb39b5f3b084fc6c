using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Prices;

/// <summary>The span whose high, low and close make the levels for the next one.</summary>
internal enum PivotWindow
{
    Day,
    Week,
    Month,
}

/// <summary>The rule by which levels are made of a span's prices.</summary>
internal enum PivotKind
{
    Standard,
    Camarilla,
    Demark,
    Fibonacci,
    Woodie,
}

/// <summary>Levels of support and resistance from the day, week or month before.</summary>
[Factor("pivot-points", "Pivot points: levels made of the high, low and close of the day, week or month before.",
    Lines = ",s1,s2,s3,s4,r1,r2,r3,r4",
    Formula = "standard: p = (h + l + c) / 3; s1 = 2p − h, s2 = p − (h − l), s3 = l − 2(h − p); r1 = 2p − l, r2 = p + (h − l), r3 = h + "
        + "2(p − l). "
        + "fibonacci: p ∓ 0.382, 0.618, 1 · (h − l). camarilla: c ∓ 1.1/12, 1.1/6, 1.1/4, 1.1/2 · (h − l). woodie: standard on p = (h + l "
        + "+ 2 · this span's open) / 4. "
        + "demark: x / 4, s1 = x/2 − h, r1 = x/2 − l",
    Source = "floor traders; Stock.Indicators", Range = "price",
    Undefined = "in the feed's first span; levels that a kind does not have (only camarilla has s4 and r4, demark stops at s1 and r1)")]
internal sealed class PivotPoints(PivotWindow window = PivotWindow.Day, PivotKind kind = PivotKind.Standard) : FactorKernel
{
    private readonly double[] _levels = [.. Enumerable.Repeat(double.NaN, 9)];
    private SessionClock _clock = null!;
    private double _open, _high, _low, _close;
    private long _span = long.MinValue;

    public override int WarmUp => 2;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count;)
        {
            if (_clock.MoveTo(bars.Time[i]) && Span() is var span && span != _span)
            {
                if (_span != long.MinValue) SetLevels(bars.Open[i]);
                _span = span;
                (_open, _high, _low) = (bars.Open[i], bars.High[i], bars.Low[i]);
            }
            var count = _clock.BarsOfDay(bars.Time[i..]);
            var (high, low) = (_high, _low);
            foreach (var price in bars.High.Slice(i, count)) high = double.MaxNative(high, price);
            foreach (var price in bars.Low.Slice(i, count)) low = double.MinNative(low, price);
            (_high, _low, _close) = (high, low, bars.Close[i + count - 1]);
            for (var line = 0; line < 9; line++) lines[line].Slice(i, count).Fill(_levels[line]);
            i += count;
        }
    }

    private long Span() => window switch
    {
        PivotWindow.Day => _clock.Day,
        PivotWindow.Week => _clock.Week,
        PivotWindow.Month => _clock.Month,
    };

    private void SetLevels(double openNow)
    {
        var (h, l, c) = (_high, _low, _close);
        var range = h - l;
        switch (kind)
        {
            case PivotKind.Standard:
            case PivotKind.Woodie:
                var p = kind == PivotKind.Standard ? (h + l + c) / 3 : (h + l + 2 * openNow) / 4;
                Set(p, 2 * p - h, p - range, l - 2 * (h - p), double.NaN, 2 * p - l, p + range, h + 2 * (p - l), double.NaN);
                break;
            case PivotKind.Camarilla:
                var step = 1.1 * range;
                Set(c, c - step / 12, c - step / 6, c - step / 4, c - step / 2, c + step / 12, c + step / 6, c + step / 4, c + step / 2);
                break;
            case PivotKind.Fibonacci:
                var f = (h + l + c) / 3;
                Set(f, f - 0.382 * range, f - 0.618 * range, f - range, double.NaN, f + 0.382 * range, f + 0.618 * range, f + range,
                    double.NaN);
                break;
            case PivotKind.Demark:
                var x = c < _open ? h + 2 * l + c : c > _open ? 2 * h + l + c : h + l + 2 * c;
                Set(x / 4, x / 2 - h, double.NaN, double.NaN, double.NaN, x / 2 - l, double.NaN, double.NaN, double.NaN);
                break;
        }
    }

    // The pivot, supports 1 to 4, resistances 1 to 4: the order of the lines.
    private void Set(params ReadOnlySpan<double> levels) => levels.CopyTo(_levels);
}
