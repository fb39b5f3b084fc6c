using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// Expected result of a portfolio of the winners among worthless strategies. Choosing all that earned and joining them gives a higher
/// Sharpe ratio than the best of them has: for n independent worthless strategies about 0.56·√(n/T) per period, which soon exceeds the
/// expected maximum of one.
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
    public static double ExpectedSharpe(IReadOnlyList<double[]> returns, ulong seed, int resamples, double meanBlock)
    {
        var centred = new List<double[]>(returns.Count);
        foreach (var r in returns)
        {
            var moments = Moments.OfReturns(r);
            if (moments.SampleDeviation > 0) centred.Add([.. r.Select(x => x - moments.Mean)]);
        }
        if (centred.Count == 0 || returns[0].Length < 10) return 0;
        var periods = returns[0].Length;
        var bootstrap = new StationaryBootstrap(periods, Math.Max(1, meanBlock), seed);
        var (counts, portfolio) = (new double[periods], new double[periods]);
        double sum = 0;
        for (var b = 0; b < resamples; b++)
        {
            bootstrap.NextCounts(counts);
            sum += SharpeOfWinners(centred, counts, portfolio);
        }
        return sum / resamples;
    }

    private static double SharpeOfWinners(List<double[]> centred, double[] counts, double[] portfolio)
    {
        Array.Clear(portfolio);
        foreach (var r in centred)
        {
            double earned = 0;
            for (var t = 0; t < r.Length; t++) earned += counts[t] * r[t];
            if (earned <= 0) continue;
            for (var t = 0; t < r.Length; t++) portfolio[t] += r[t];
        }
        double n = counts.Length, mean = 0, squares = 0;
        for (var t = 0; t < counts.Length; t++)
        {
            mean += counts[t] * portfolio[t] / n;
            squares += counts[t] * portfolio[t] * portfolio[t];
        }
        var variance = (squares - n * mean * mean) / (n - 1);
        return Variation.IsNoneOfSums(variance, squares / n) ? 0 : mean / Math.Sqrt(variance);
    }
}
