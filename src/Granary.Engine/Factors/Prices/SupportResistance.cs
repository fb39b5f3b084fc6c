using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Prices;

/// <summary>Prices at which the market has turned more than once: the nearest below and above the close.</summary>
/// <remarks>A turn is a high above those of the bars before and after it (or a low below them), known only when the last of these has
/// closed. The turns of the last bars, in the order of price, are gathered from the lowest on into groups no wider than a share of the
/// average true range.</remarks>
[Factor("support-resistance",
    "Nearest levels below and above the close at which the market has turned at least twice, and how often it has.",
    Lines = "support,resistance,support-touches,resistance-touches",
    Formula = "turn = high (low) above (below) those of so many bars (wing) on both sides; groups of turns of the last n bars within width "
        + "· atr(14); level = mean of a group of two or more",
    Source = "clustered extremes, as in Osler 2000", Range = "price; touches 2 …", Undefined = "where no such level lies on that side")]
internal sealed class SupportResistance([Range(10, 5_000)] int n = 200, [Range(1, 50)] int wing = 3, [Range(0.01, 20)]
    double width = 0.5) : FactorKernel
{
    // At most one high and one low turn at each bar, and turns of one kind lie at least a bar apart.
    private readonly double[] _prices = new double[2 * n + 2];
    private readonly long[] _bars = new long[2 * n + 2];
    private RollingWindow _highs = new(2 * wing + 1), _lows = new(2 * wing + 1);
    private AverageTrueRange _range = new(14);
    private long _seen, _oldest = long.MaxValue;
    private int _count;

    public override int WarmUp => Math.Max(15, 2 * wing + 2);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        for (var i = 0; i < close.Length; i++)
        {
            var reach = width * _range.Next(high[i], low[i], close[i]);
            _highs.Add(high[i]);
            _lows.Add(low[i]);
            _seen++;
            DropBefore(_seen - n);
            if (_highs.IsFull)
            {
                if (IsTurn(_highs.Values, 1)) Insert(_highs.Values[wing]);
                if (IsTurn(_lows.Values, -1)) Insert(_lows.Values[wing]);
            }
            FindLevels(close[i], reach, i, lines);
        }
    }

    // The first of equal extremes is the turn.
    private bool IsTurn(ReadOnlySpan<double> values, int sign)
    {
        var middle = values[wing] * sign;
        for (var k = 0; k < wing; k++)
            if (values[k] * sign >= middle || values[wing + 1 + k] * sign > middle)
                return false;
        return true;
    }

    private void Insert(double price)
    {
        var at = _count++;
        for (; at > 0 && _prices[at - 1] > price; at--) (_prices[at], _bars[at]) = (_prices[at - 1], _bars[at - 1]);
        (_prices[at], _bars[at]) = (price, _seen - wing);
        _oldest = Math.Min(_oldest, _seen - wing);
    }

    private void DropBefore(long bar)
    {
        if (_oldest > bar) return;
        var kept = 0;
        _oldest = long.MaxValue;
        for (var k = 0; k < _count; k++)
        {
            if (_bars[k] <= bar) continue;
            _oldest = Math.Min(_oldest, _bars[k]);
            (_prices[kept], _bars[kept++]) = (_prices[k], _bars[k]);
        }
        _count = kept;
    }

    private void FindLevels(double close, double reach, int i, in FactorOutput lines)
    {
        double support = double.NaN, resistance = double.NaN, supportTouches = double.NaN, resistanceTouches = double.NaN;
        for (var from = 0; from < _count && !double.IsNaN(reach);)
        {
            var sum = 0.0;
            var to = from;
            for (; to < _count && _prices[to] - _prices[from] <= reach; to++) sum += _prices[to] - _prices[from];
            var touches = to - from;
            var level = _prices[from] + sum / touches;
            from = to;
            if (touches < 2) continue;
            if (level <= close)
            {
                (support, supportTouches) = (level, touches);
            }
            else
            {
                (resistance, resistanceTouches) = (level, touches);
                break;
            }
        }
        (lines[0][i], lines[1][i], lines[2][i], lines[3][i]) = (support, resistance, supportTouches, resistanceTouches);
    }
}
