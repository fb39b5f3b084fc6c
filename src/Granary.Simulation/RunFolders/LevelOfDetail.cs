using Granary.Engine.Market;

namespace Granary.Simulation.RunFolders;

/// <summary>Reduces the number of points of a series without a visible change of its chart.</summary>
/// <remarks>
/// M4 by Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation" (VLDB 2014): keeps the first,
/// last, smallest and largest value of each of several equal parts.
/// </remarks>
internal static class LevelOfDetail
{
    /// <summary>Returns the indices of the points to keep, ascending.</summary>
    /// <param name="points">Maximum number of points; at least 4.</param>
    public static IReadOnlyList<int> Keep(IReadOnlyList<double> values, int points)
    {
        if (values.Count <= points) return [.. Enumerable.Range(0, values.Count)];
        var kept = new List<int>(points);
        var stretches = points / 4;
        for (var s = 0; s < stretches; s++)
        {
            var (first, end) = Stretch(values.Count, stretches, s);
            var (low, high) = (first, first);
            for (var i = first; i < end; i++)
            {
                if (values[i] < values[low]) low = i;
                if (values[i] > values[high]) high = i;
            }
            foreach (var i in new SortedSet<int> { first, low, high, end - 1 }) kept.Add(i);
        }
        return kept;
    }

    /// <summary>Returns how many bars a joined bar has, so all but the last have the same number; 1 = none are joined.</summary>
    /// <param name="points">Maximum number of joined bars.</param>
    public static int EachOf(int count, int points) => Math.Max(1, (count + points - 1) / points);

    /// <summary>
    /// Joins bars to longer ones: first open, highest high, lowest low, last close, and sum of the volumes.
    /// </summary>
    /// <param name="points">Maximum number of joined bars.</param>
    public static IReadOnlyList<Bar> Join(IReadOnlyList<Bar> bars, int points)
    {
        var each = EachOf(bars.Count, points);
        if (each == 1) return bars;
        var joined = new List<Bar>(points);
        for (var first = 0; first < bars.Count; first += each)
        {
            var end = Math.Min(first + each, bars.Count);
            var bar = bars[first];
            var (high, low, volume) = (bar.High, bar.Low, 0.0);
            for (var i = first; i < end; i++)
                (high, low, volume) = (Math.Max(high, bars[i].High), Math.Min(low, bars[i].Low), volume + bars[i].Volume);
            joined.Add(new Bar(bar.Time, bar.Open, high, low, bars[end - 1].Close, volume));
        }
        return joined;
    }

    /// <summary>Returns the index of the last bar of a joined bar.</summary>
    /// <param name="points">The same value as for <see cref="Join"/>.</param>
    public static int LastOf(int count, int points, int number) => Math.Min((number + 1) * EachOf(count, points), count) - 1;

    private static (int First, int End) Stretch(int count, int stretches, int number) =>
        ((int)((long)count * number / stretches), (int)((long)count * (number + 1) / stretches));
}
