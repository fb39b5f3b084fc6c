using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// Expected result of a portfolio of the winners among worthless strategies. Choosing all that earned and joining them gives a higher
/// Sharpe ratio than the best of them has: for n independent worthless strategies about 0.56·√(n/T) per period, which soon exceeds the
/// expected maximum of one. The best of each of several searches, joined, exceeds it likewise.
/// </summary>
public static class WinnersLuck
{
    /// <summary>
    /// Computes the mean Sharpe ratio, per period, of the equally weighted winners over stationary-bootstrap samples of the strategies'
    /// returns. Each sample is recentred at zero: this keeps the strategies' correlations and the periods' volatility, and removes every
    /// edge.
    /// </summary>
    /// <param name="returns">For each strategy its returns over the same periods, oldest first.</param>
    /// <param name="meanBlock">Expected block length.</param>
    /// <returns>0 if no strategy's returns vary.</returns>
    public static double ExpectedSharpe(IReadOnlyList<double[]> returns, ulong seed, int resamples, double meanBlock) =>
        Expected(returns, seed, resamples, meanBlock, (_, centred, counts, portfolio) =>
        {
            foreach (var r in centred)
                if (SumOf(r, counts) > 0) Add(r, portfolio);
        });

    /// <summary>
    /// Computes the same mean for a portfolio that has of each group the strategy with the highest Sharpe ratio: the best of several
    /// searches.
    /// </summary>
    /// <param name="groups">Group of each strategy; −1 for one that is always in the portfolio.</param>
    /// <inheritdoc cref="ExpectedSharpe"/>
    public static double ExpectedSharpeOfBest(IReadOnlyList<double[]> returns, IReadOnlyList<int> groups, ulong seed, int resamples,
        double meanBlock)
    {
        var best = new (double Sharpe, double[]? Returns)[groups.Max() + 1];
        return Expected(returns, seed, resamples, meanBlock, (kept, centred, counts, portfolio) =>
        {
            Array.Clear(best);
            for (var k = 0; k < centred.Count; k++)
            {
                var group = groups[kept[k]];
                if (group < 0)
                {
                    Add(centred[k], portfolio);
                    continue;
                }
                var sharpe = SharpeOf(centred[k], counts);
                if (best[group].Returns is null || sharpe > best[group].Sharpe) best[group] = (sharpe, centred[k]);
            }
            foreach (var (_, r) in best)
                if (r is not null) Add(r, portfolio);
        });
    }

    // The action adds the chosen of the strategies that vary, of which it gets the positions and the recentred returns.
    private static double Expected(IReadOnlyList<double[]> returns, ulong seed, int resamples, double meanBlock,
        Action<List<int>, List<double[]>, double[], double[]> choose)
    {
        var (kept, centred) = (new List<int>(returns.Count), new List<double[]>(returns.Count));
        for (var k = 0; k < returns.Count; k++)
        {
            var moments = Moments.OfReturns(returns[k]);
            if (!(moments.SampleDeviation > 0)) continue;
            kept.Add(k);
            centred.Add([.. returns[k].Select(x => x - moments.Mean)]);
        }
        if (centred.Count == 0 || returns[0].Length < 10) return 0;
        var periods = returns[0].Length;
        var bootstrap = new StationaryBootstrap(periods, Math.Max(1, meanBlock), seed);
        var (counts, portfolio) = (new double[periods], new double[periods]);
        double sum = 0;
        for (var b = 0; b < resamples; b++)
        {
            bootstrap.NextCounts(counts);
            Array.Clear(portfolio);
            choose(kept, centred, counts, portfolio);
            sum += SharpeOf(portfolio, counts);
        }
        return sum / resamples;
    }

    private static double SumOf(double[] returns, double[] counts)
    {
        double sum = 0;
        for (var t = 0; t < returns.Length; t++) sum += counts[t] * returns[t];
        return sum;
    }

    private static void Add(double[] returns, double[] portfolio)
    {
        for (var t = 0; t < returns.Length; t++) portfolio[t] += returns[t];
    }

    private static double SharpeOf(double[] returns, double[] counts)
    {
        double n = counts.Length, mean = 0, squares = 0;
        for (var t = 0; t < counts.Length; t++)
        {
            mean += counts[t] * returns[t] / n;
            squares += counts[t] * returns[t] * returns[t];
        }
        var variance = (squares - n * mean * mean) / (n - 1);
        return Variation.IsNoneOfSums(variance, squares / n) ? 0 : mean / Math.Sqrt(variance);
    }
}
