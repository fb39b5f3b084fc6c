using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Engine.Analysis;

/// <summary>
/// Whether the best of many strategies beats the benchmark by more than luck in choosing explains. p-values; small is evidence of an edge.
/// </summary>
/// <param name="RealityCheck">White, A reality check for data snooping, Econometrica 68(5), 2000: the share of resamples whose largest √n·(mean* − mean) reaches the largest √n·mean.</param>
/// <param name="Consistent">Hansen, A test for superior predictive ability, JBES 23(4), 2005: studentised, strategies that are clearly poor do not count.</param>
/// <param name="Lower">Hansen's lower bound: all strategies below the benchmark are recentred at it.</param>
/// <param name="Upper">Hansen's upper bound: the studentised reality check.</param>
/// <param name="Best">The index of the strategy with the largest studentised mean; −1 where no strategy ever differs from the benchmark.</param>
public sealed record DataSnoopingTest(double RealityCheck, double Consistent, double Lower, double Upper, int Best)
{
    // Resamples that share one pass over the returns.
    private const int Together = 8;

    /// <param name="excess">For each strategy its returns over the benchmark's (or over zero), over the same periods, oldest first.</param>
    /// <param name="resamples">Bootstrap samples.</param>
    /// <param name="meanBlock">Expected block length; 0 takes the cube root of the periods.</param>
    /// <exception cref="ArgumentException">No strategies, fewer than 10 periods, or unequal lengths.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static DataSnoopingTest Of(IReadOnlyList<double[]> excess, ulong seed, int resamples = 1000, double meanBlock = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (excess.Count == 0) throw new ArgumentException("there is no strategy to test", nameof(excess));
        var n = excess[0].Length;
        if (n < 10) throw new ArgumentException($"{n} periods are too few to resample: at least 10", nameof(excess));
        if (excess.FirstOrDefault(e => e.Length != n) is { } odd)
            throw new ArgumentException($"a strategy has {odd.Length} returns, the first has {n}: all cover the same periods", nameof(excess));

        var k = excess.Count;
        var width = (k + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        var rows = new double[n][];
        for (var t = 0; t < n; t++)
        {
            rows[t] = new double[width];
            for (var s = 0; s < k; s++) rows[t][s] = excess[s][t];
        }
        var bootstrap = new StationaryBootstrap(n, meanBlock, seed);
        var root = Math.Sqrt(n);
        var (mean, deviation) = (new double[k], new double[k]);
        for (var s = 0; s < k; s++)
        {
            mean[s] = excess[s].Sum() / n;
            deviation[s] = LongRunDeviation(excess[s], mean[s], bootstrap.MeanBlock);
        }

        var poor = -Math.Sqrt(2 * Math.Log(Math.Log(n)));
        double check = double.NegativeInfinity, superior = 0;
        var best = -1;
        var clearlyPoor = new bool[k];
        for (var s = 0; s < k; s++)
        {
            check = Math.Max(check, root * mean[s]);
            if (deviation[s] <= 0) continue;
            var studentised = root * mean[s] / deviation[s];
            clearlyPoor[s] = studentised < poor;
            if (best < 0 || studentised > root * mean[best] / deviation[best]) best = s;
            superior = Math.Max(superior, studentised);
        }
        if (best < 0) return new DataSnoopingTest(1, 1, 1, 1, -1);

        int asGood = 0, consistent = 0, lower = 0, upper = 0;
        var counts = new double[Together][];
        var totals = new double[Together][];
        for (var b = 0; b < Together; b++) (counts[b], totals[b]) = (new double[n], new double[width]);
        for (var done = 0; done < resamples; done += Together)
        {
            var round = Math.Min(Together, resamples - done);
            for (var b = 0; b < round; b++)
            {
                bootstrap.NextCounts(counts[b]);
                Array.Clear(totals[b]);
            }
            for (var t = 0; t < n; t++)
                for (var b = 0; b < round; b++)
                    if (counts[b][t] != 0) AddScaled(totals[b], rows[t], counts[b][t]);
            for (var b = 0; b < round; b++)
            {
                double maxCheck = double.NegativeInfinity, maxConsistent = 0, maxLower = 0, maxUpper = 0;
                for (var s = 0; s < k; s++)
                {
                    var drawn = totals[b][s] / n;
                    var centred = root * (drawn - mean[s]);
                    maxCheck = Math.Max(maxCheck, centred);
                    if (deviation[s] <= 0) continue;
                    maxUpper = Math.Max(maxUpper, centred / deviation[s]);
                    maxConsistent = Math.Max(maxConsistent, root * (clearlyPoor[s] ? drawn : drawn - mean[s]) / deviation[s]);
                    maxLower = Math.Max(maxLower, root * (drawn - Math.Max(mean[s], 0)) / deviation[s]);
                }
                if (maxCheck >= check) asGood++;
                if (maxConsistent >= superior) consistent++;
                if (maxLower >= superior) lower++;
                if (maxUpper >= superior) upper++;
            }
        }
        double all = resamples;
        return new DataSnoopingTest(asGood / all, consistent / all, lower / all, upper / all, best);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(double[] total, double[] row, double factor)
    {
        var f = new Vector<double>(factor);
        for (var i = 0; i < total.Length; i += Vector<double>.Count)
            (new Vector<double>(total, i) + f * new Vector<double>(row, i)).CopyTo(total, i);
    }

    // Hansen 2005, section 3.1: the variance of √n·mean under the stationary bootstrap, in closed form.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double LongRunDeviation(double[] values, double mean, double meanBlock)
    {
        var n = values.Length;
        var stay = 1 - 1 / meanBlock;
        double variance = 0;
        for (var lag = 0; lag < n; lag++)
        {
            var weight = lag == 0 ? 1 : 2 * ((n - lag) / (double)n * Math.Pow(stay, lag) + lag / (double)n * Math.Pow(stay, n - lag));
            if (weight < 1e-12)
            {
                // The weights rise again towards the last lag, by symmetry.
                if (lag < n / 2) lag = n - lag - 1;
                continue;
            }
            double sum = 0;
            for (var t = 0; t + lag < n; t++) sum += (values[t] - mean) * (values[t + lag] - mean);
            variance += weight * sum / n;
        }
        return variance > 1e-30 ? Math.Sqrt(variance) : 0;
    }
}
