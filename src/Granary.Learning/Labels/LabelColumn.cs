using Granary.Engine.Numerics;

namespace Granary.Learning.Labels;

/// <summary>Label of each bar, computed from later bars, and the bar at which it is known.</summary>
/// <param name="Values">[bars]; NaN where the bars end before it is known.</param>
/// <param name="End">[bars]: the bar at whose close it is known; −1 where it never is.</param>
internal sealed record LabelColumn(double[] Values, int[] End)
{
    /// <summary>ln(close in <paramref name="bars"/> bars / close).</summary>
    public static LabelColumn ForwardReturn(ReadOnlySpan<double> close, int bars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bars, 1);
        var (values, end) = Empty(close.Length);
        for (var i = 0; i + bars < close.Length; i++)
        {
            values[i] = PortableMath.Log(close[i + bars] / close[i]);
            end[i] = i + bars;
        }
        return new LabelColumn(values, end);
    }

    /// <summary>1 if the close in <paramref name="bars"/> bars is higher, otherwise 0.</summary>
    public static LabelColumn Direction(ReadOnlySpan<double> close, int bars)
    {
        var (values, end) = ForwardReturn(close, bars);
        for (var i = 0; i < values.Length; i++)
            if (end[i] >= 0)
                values[i] = values[i] > 0 ? 1 : 0;
        return new LabelColumn(values, end);
    }

    /// <summary>Sample standard deviation of the next <paramref name="bars"/> one-bar logarithmic returns, per bar.</summary>
    public static LabelColumn ForwardVolatility(ReadOnlySpan<double> close, int bars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bars, 2);
        var (values, end) = Empty(close.Length);
        for (var i = 0; i + bars < close.Length; i++)
        {
            var mean = PortableMath.Log(close[i + bars] / close[i]) / bars;
            var sum = 0.0;
            for (var j = i + 1; j <= i + bars; j++)
            {
                var d = PortableMath.Log(close[j] / close[j - 1]) - mean;
                sum += d * d;
            }
            values[i] = Math.Sqrt(sum / (bars - 1));
            end[i] = i + bars;
        }
        return new LabelColumn(values, end);
    }

    /// <summary>
    /// Labels each bar by the first of three barriers that is touched after its close (López de Prado 2018, chapter 3): 1 for the target
    /// above, 0 for the stop below. If neither is touched within <paramref name="bars"/> bars, 1 if the close is higher, else 0. A bar
    /// that touches both counts as the stop.
    /// </summary>
    /// <param name="target">[bars]: distance of the target as a fraction of the close; a NaN gives no label.</param>
    /// <param name="stop">[bars]: distance of the stop as a fraction of the close.</param>
    public static LabelColumn TripleBarrier(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close,
        ReadOnlySpan<double> target, ReadOnlySpan<double> stop, int bars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bars, 1);
        var (values, end) = Empty(close.Length);
        for (var i = 0; i < close.Length; i++)
        {
            var upper = close[i] * (1 + target[i]);
            var lower = close[i] * (1 - stop[i]);
            if (double.IsNaN(upper) || double.IsNaN(lower)) continue;
            var last = Math.Min(i + bars, close.Length - 1);
            for (var j = i + 1; j <= last && end[i] < 0; j++)
            {
                if (low[j] <= lower) (values[i], end[i]) = (0, j);
                else if (high[j] >= upper) (values[i], end[i]) = (1, j);
                else if (j == i + bars) (values[i], end[i]) = (close[j] > close[i] ? 1 : 0, j);
            }
        }
        return new LabelColumn(values, end);
    }

    /// <summary>
    /// The worst loss of a position that is opened at a bar's close and held over the next <paramref name="bars"/> bars. It is the distance
    /// from that close to the worst later price (the lowest low for a buy, the highest high for a sell), as a fraction of the close; 0 if
    /// no price is worse.
    /// </summary>
    /// <param name="bar">The bar at whose close the position is opened.</param>
    /// <param name="side">+1 for a buy, −1 for a sell.</param>
    /// <returns>The loss, known at the close of the last of these bars; NaN if the bars end before.</returns>
    public static double WorstLoss(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, int bar, int bars,
        int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bars, 1);
        if (bar + bars >= close.Length) return double.NaN;
        var worst = 0.0;
        for (var i = bar + 1; i <= bar + bars; i++)
            worst = Math.Max(worst, side > 0 ? (close[bar] - low[i]) / close[bar] : (high[i] - close[bar]) / close[bar]);
        return worst;
    }

    private static (double[] Values, int[] End) Empty(int count)
    {
        var values = new double[count];
        var end = new int[count];
        Array.Fill(values, double.NaN);
        Array.Fill(end, -1);
        return (values, end);
    }
}
