using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>States of a market bar by bar, from its bars and the declaration of a machine: −1 before the first.</summary>
internal static class MarketStates
{
    /// <summary>By how many percent one average of closes is above another: bearish, neutral, bullish.</summary>
    public static int[] Trend(List<MarketBar> bars, int fast, int slow, double enter, double leave, int dwell) =>
        Ladder([.. Enumerable.Range(0, bars.Count).Select(i => 100 * (Average(bars, i, fast) / Average(bars, i, slow) - 1))],
            [(-leave, -enter), (enter, leave)], dwell);

    /// <summary>Average true range in percent of the close.</summary>
    public static int[] Range(List<MarketBar> bars, int length, (double Up, double Down)[] steps)
    {
        var (average, sum) = (double.NaN, 0.0);
        var measures = new double[bars.Count];
        for (var i = 0; i < bars.Count; i++)
        {
            measures[i] = double.NaN;
            if (i == 0) continue;
            var range = Math.Max(bars[i].High, bars[i - 1].Close) - Math.Min(bars[i].Low, bars[i - 1].Close);
            sum += range;
            if (i == length) average = sum / length;
            else if (i > length) average = (average * (length - 1) + range) / length;
            measures[i] = 100 * average / bars[i].Close;
        }
        return Ladder(measures, steps, 1);
    }

    /// <summary>
    /// The deviation of logarithmic returns over a few bars, in percent above that over more bars: low, middle and high by so many percent.
    /// </summary>
    public static int[] Volatility(List<MarketBar> bars, int few, int many, double percent)
    {
        double[] returns = [double.NaN, .. bars.Zip(bars.Skip(1), (a, b) => Math.Log(b.Close / a.Close))];
        double Deviation(int last, int length) =>
            last < length ? double.NaN : CurveFigures.Deviation(returns[(last - length + 1)..(last + 1)]);
        return Ladder([.. Enumerable.Range(0, bars.Count).Select(i => 100 * (Deviation(i, few) / Deviation(i, many) - 1))],
            [(-percent, -percent), (percent, percent)], 1);
    }

    /// <summary>The number of the first rule whose states all match, or of the one after the last.</summary>
    public static int[] Together(IReadOnlyList<int[]> machines, params (int Machine, int State)[][] rules) =>
        [.. Enumerable.Range(0, machines[0].Length).Select(i => machines.Any(m => m[i] < 0) ? -1
            : Array.FindIndex(rules, rule => rule.All(r => machines[r.Machine][i] == r.State)) is var at && at >= 0 ? at : rules.Length)];

    // Climbs above Up, falls below Down, and stays for so many bars at the least. It begins in the middle.
    private static int[] Ladder(double[] measures, (double Up, double Down)[] steps, int dwell)
    {
        var (state, entered, found) = (-1, 0, new int[measures.Length]);
        for (var i = 0; i < measures.Length; i++)
        {
            if (double.IsFinite(measures[i]) && (state < 0 || i - entered >= dwell))
            {
                var next = state < 0 ? (steps.Length + 1) / 2 : state;
                while (next < steps.Length && measures[i] > steps[next].Up) next++;
                while (next > 0 && measures[i] < steps[next - 1].Down) next--;
                if (next != state) (state, entered) = (next, i);
            }
            found[i] = state;
        }
        return found;
    }

    private static double Average(List<MarketBar> bars, int last, int length) =>
        last < length - 1 ? double.NaN : bars.Skip(last - length + 1).Take(length).Average(b => b.Close);
}
