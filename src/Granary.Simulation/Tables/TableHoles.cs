using System.Globalization;
using System.Runtime.InteropServices;
using Granary.Engine.Numerics;

namespace Granary.Simulation.Tables;

/// <summary>Finds spans without rows in a table whose rows come at regular times.</summary>
internal static class TableHoles
{
    // Steps on each side that say what is usual around a step: an exchange may change the interval of its fundings.
    private const int Around = 5;

    /// <summary>Returns the steps between rows that exceed the usual one around them.</summary>
    /// <param name="times">Ascending, UTC ticks.</param>
    /// <param name="most">The longest step that is no hole, in usual steps.</param>
    public static List<(long From, long To)> Of(ReadOnlySpan<long> times, double most)
    {
        var holes = new List<(long From, long To)>();
        var near = new List<long>(2 * Around);
        for (var i = 1; i < times.Length; i++)
        {
            near.Clear();
            for (var j = Math.Max(1, i - Around); j <= Math.Min(times.Length - 1, i + Around); j++)
                if (j != i) near.Add(times[j] - times[j - 1]);
            if (near.Count < 2) return holes;
            near.Sort();
            if (times[i] - times[i - 1] > most * Quantile.UpperMedian<long>(CollectionsMarshal.AsSpan(near)))
                holes.Add((times[i - 1], times[i]));
        }
        return holes;
    }

    /// <summary>Whether most rows follow one another at one step.</summary>
    public static bool IsRegular(ReadOnlySpan<long> times)
    {
        if (times.Length < 2 * Around) return false;
        var steps = new long[times.Length - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = times[i + 1] - times[i];
        Array.Sort(steps);
        var usual = Quantile.UpperMedian<long>(steps);
        return steps.Count(s => s == usual) >= 0.6 * steps.Length;
    }

    /// <summary>Describes holes: the longest one, and how many there are.</summary>
    public static string Text(List<(long From, long To)> holes)
    {
        var (from, to) = holes.MaxBy(h => h.To - h.From);
        return $"between {Text(from)} and {Text(to)}"
            + (holes.Count > 1 ? $" (the longest of {holes.Count} such spans)" : "");
    }

    private static string Text(long time) => new DateTime(time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
