using Granary.Engine.Market;

namespace Granary.Engine.Tests.Truth;

/// <summary>A crossing of two averages, long only, ten units, filled at the next open for 0.1 % a side, in one plain loop.</summary>
internal static class PlainSweep
{
    public static (int Trades, double Final, double MaxDrawdown) Run(Bar[] bars, int fast, int slow)
    {
        long[] closes = [.. bars.Select(b => (long)Math.Round(b.Close * 100))];
        double cash = 100_000, units = 0, peak = 100_000, deepest = 0, equity = 100_000;
        var (trades, last, order) = (0, 0, 0);
        for (var i = 0; i < bars.Length; i++)
        {
            if (order != 0)
            {
                var bought = order > 0 ? 10.0 : -10.0;
                cash -= bought * bars[i].Open + 10 * bars[i].Open * 0.001;
                units += bought;
                if (order < 0) trades++;
                order = 0;
            }
            equity = cash + units * bars[i].Close;
            peak = Math.Max(peak, equity);
            deepest = Math.Max(deepest, 1 - equity / peak);
            if (i < slow - 1) continue;
            // Averages are compared as whole numbers: a tie is a tie, and keeps the last sign.
            var difference = Sum(closes, i, fast) * slow - Sum(closes, i, slow) * fast;
            var sign = Math.Sign(difference);
            if (sign == 0) continue;
            if (last != 0 && sign != last)
            {
                if (sign > 0 && units == 0) order = 1;
                else if (sign < 0 && units > 0) order = -1;
            }
            last = sign;
        }
        return (trades, equity, deepest);
    }

    private static long Sum(long[] values, int last, int count)
    {
        var sum = 0L;
        for (var i = last - count + 1; i <= last; i++) sum += values[i];
        return sum;
    }
}
