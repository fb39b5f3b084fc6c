using System.Numerics;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Bailey, Borwein, López de Prado and Zhu 2017: the best of one half of the record among all in the other half, over all ways of
/// halving 16 blocks.</summary>
/// <param name="Overfitted">Share of halvings in which it falls below the median; at the median it counts half.</param>
/// <param name="Loses">Share in which it loses in the other half.</param>
/// <param name="Ways">Number of halvings.</param>
internal sealed record Halvings(double Overfitted, double Loses, int Ways)
{
    private const int Blocks = 16;

    public static Halvings Of(IReadOnlyList<double[]> returns)
    {
        var weeks = returns[0].Length;
        var ends = Enumerable.Range(0, Blocks + 1).Select(b => b * weeks / Blocks).ToArray();
        var sums = returns.Select(r => Enumerable.Range(0, Blocks).Select(b => r[ends[b]..ends[b + 1]].Sum()).ToArray()).ToArray();
        var squares = returns
            .Select(r => Enumerable.Range(0, Blocks).Select(b => r[ends[b]..ends[b + 1]].Sum(x => x * x)).ToArray())
            .ToArray();
        var (below, losses, ways) = (0.0, 0, 0);
        for (var mask = 0; mask < 1 << Blocks; mask++)
        {
            if (BitOperations.PopCount((uint)mask) != Blocks / 2) continue;
            var seen = returns.Select((_, k) => Sharpe(sums[k], squares[k], ends, mask)).ToArray();
            var unseen = returns.Select((_, k) => Sharpe(sums[k], squares[k], ends, ~mask)).ToArray();
            var own = unseen[Array.IndexOf(seen, seen.Max())];
            // The middle of the places that equal ones share.
            var place = unseen.Count(x => x < own) + (unseen.Count(x => x == own) + 1) / 2.0;
            below += place < (returns.Count + 1) / 2.0 ? 1 : place > (returns.Count + 1) / 2.0 ? 0 : 0.5;
            if (own < 0) losses++;
            ways++;
        }
        return new(below / ways, (double)losses / ways, ways);
    }

    private static double Sharpe(double[] sums, double[] squares, int[] ends, int mask)
    {
        var (n, sum, square) = (0, 0.0, 0.0);
        for (var b = 0; b < Blocks; b++)
        {
            if ((mask >> b & 1) == 0) continue;
            n += ends[b + 1] - ends[b];
            sum += sums[b];
            square += squares[b];
        }
        var variance = (square - sum * sum / n) / (n - 1);
        return variance > 1e-13 * square ? sum / n / Math.Sqrt(variance) : 0;
    }
}
