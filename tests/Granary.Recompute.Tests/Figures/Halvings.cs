using System.Numerics;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Bailey, Borwein, López de Prado and Zhu 2017: the best of one half of the record among all in the other half, over all ways of
/// halving 16 blocks.</summary>
/// <param name="Overfitted">Share of halvings in which it falls below the median; at the median it counts half.</param>
/// <param name="Loses">Share in which it loses in the other half.</param>
/// <param name="Gainless">Share in which it does not earn in the other half.</param>
/// <param name="Ways">Number of halvings.</param>
/// <param name="Degradation">Slope of its Sharpe ratio in the other half on that in the first, over all halvings.</param>
/// <param name="Logits">How many halvings have a logit of its rank from −6 to 6 in steps of a half, the outermost also beyond.</param>
/// <param name="Blocks">Into which the record was cut.</param>
internal sealed record Halvings(
    double Overfitted, double Loses, double Gainless, int Ways, double Degradation, int[] Logits, int Blocks)
{
    private const int MostBlocks = 16, Steps = 24;

    public static Halvings Of(IReadOnlyList<double[]> returns)
    {
        var weeks = returns[0].Length;
        var count = Math.Min(MostBlocks, weeks / 4 * 2);
        var ends = Enumerable.Range(0, count + 1).Select(b => b * weeks / count).ToArray();
        var sums = returns.Select(r => Enumerable.Range(0, count).Select(b => r[ends[b]..ends[b + 1]].Sum()).ToArray()).ToArray();
        var squares = returns
            .Select(r => Enumerable.Range(0, count).Select(b => r[ends[b]..ends[b + 1]].Sum(x => x * x)).ToArray())
            .ToArray();
        var (below, losses, gainless, logits) = (0.0, 0, 0, new int[Steps]);
        var pairs = new List<(double Seen, double Unseen)>();
        for (var mask = 0; mask < 1 << count; mask++)
        {
            if (BitOperations.PopCount((uint)mask) != count / 2) continue;
            var seen = returns.Select((_, k) => Sharpe(sums[k], squares[k], ends, mask)).ToArray();
            var unseen = returns.Select((_, k) => Sharpe(sums[k], squares[k], ends, ~mask)).ToArray();
            var best = seen.Max();
            var own = unseen[Array.IndexOf(seen, best)];
            // The middle of the places that equal ones share.
            var place = unseen.Count(x => x < own) + (unseen.Count(x => x == own) + 1) / 2.0;
            below += place < (returns.Count + 1) / 2.0 ? 1 : place > (returns.Count + 1) / 2.0 ? 0 : 0.5;
            if (own < 0) losses++;
            if (own <= 0) gainless++;
            pairs.Add((best, own));
            var share = place / (returns.Count + 1);
            logits[Math.Clamp((int)Math.Floor(2 * (6 + Math.Log(share / (1 - share)))), 0, Steps - 1)]++;
        }
        var ways = pairs.Count;
        return new(below / ways, (double)losses / ways, (double)gainless / ways, ways,
            Pages.ReturnTables.Slope([.. pairs.Select(p => p.Unseen)], [.. pairs.Select(p => p.Seen)]), logits, count);
    }

    private static double Sharpe(double[] sums, double[] squares, int[] ends, int mask)
    {
        var (n, sum, square) = (0, 0.0, 0.0);
        for (var b = 0; b < ends.Length - 1; b++)
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
