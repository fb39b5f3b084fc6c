using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>Ranks of values, and Spearman's correlation of ranks. Equal values share their mean rank.</summary>
/// <remarks>An object keeps its buffers, so ranking many rows allocates nothing. Not thread-safe.</remarks>
internal sealed class AverageRanks
{
    private double[] _sorted = [];
    private int[] _order = [];

    /// <summary>Writes the ranks 1 … n in the order of the values; of values that differ by rounding alone, all the same.</summary>
    /// <param name="values">All finite.</param>
    /// <param name="ranks">As long as <paramref name="values"/>.</param>
    /// <returns>Whether the values differ.</returns>
    public bool Write(ReadOnlySpan<double> values, Span<double> ranks)
    {
        var n = values.Length;
        if (_sorted.Length < n) (_sorted, _order) = (new double[n], new int[n]);
        var sorted = _sorted.AsSpan(0, n);
        var order = _order.AsSpan(0, n);
        values.CopyTo(sorted);
        for (var i = 0; i < n; i++) order[i] = i;
        sorted.Sort(order);
        if (n == 0 || Variation.IsNone(sorted[^1] - sorted[0], Math.Max(Math.Abs(sorted[0]), Math.Abs(sorted[^1]))))
        {
            ranks.Fill((n + 1) / 2.0);
            return false;
        }
        for (var i = 0; i < n;)
        {
            var j = i + 1;
            while (j < n && sorted[j] == sorted[i]) j++;
            for (var k = i; k < j; k++) ranks[order[k]] = (i + j + 1) / 2.0;
            i = j;
        }
        return true;
    }

    /// <summary>The ranks of values.</summary>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        var ranks = new double[values.Length];
        new AverageRanks().Write(values, ranks);
        return ranks;
    }

    /// <summary>Correlation of two rows of ranks 1 … n.</summary>
    /// <returns>NaN if one of them is constant.</returns>
    public static double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var mean = (a.Length + 1) / 2.0;
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - mean) * (b[i] - mean);
            aa += (a[i] - mean) * (a[i] - mean);
            bb += (b[i] - mean) * (b[i] - mean);
        }
        return aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : double.NaN;
    }
}
