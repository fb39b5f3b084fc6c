namespace Granary.Recompute.Tests.Figures;

/// <summary>White 2000 and Hansen 2005 against doing nothing, studentised, on whitened returns, with a bootstrap of its own.</summary>
/// <param name="RealityCheck">p-value.</param>
/// <param name="Superior">p-value of the test for superior predictive ability.</param>
/// <param name="MeanBlock">Expected length of the blocks that are resampled.</param>
internal sealed record BestByChance(double RealityCheck, double Superior, double MeanBlock)
{
    /// <param name="returns">Of strategies that ever moved.</param>
    public static BestByChance Of(IReadOnlyList<double[]> returns, int resamples, Random random)
    {
        var series = Whitening.Of(returns);
        var n = series[0].Length;
        var block = Median([.. series.Where((_, k) => IsTaken(k, series.Length)).Select(Block)]);
        double[] mean = [.. series.Select(s => s.Average())], sample = [.. series.Select(Deviation)];
        double[] longRun = [.. series.Select((s, k) => LongRun(s, mean[k], block) is > 0 and var d ? d : sample[k])];
        double[] studentised = [.. mean.Select((m, k) => Math.Sqrt(n) * m / longRun[k])];
        var statistic = studentised.Max();
        var poor = -Math.Sqrt(2 * Math.Log(Math.Log(n)));
        var (check, superior) = (0, 0);
        for (var b = 0; b < resamples; b++)
        {
            var drawn = Resample.Counts(n, block, random);
            var (largest, consistent) = (double.NegativeInfinity, 0.0);
            for (var k = 0; k < series.Length; k++)
            {
                var (sum, squares) = (0.0, 0.0);
                for (var t = 0; t < n; t++)
                {
                    sum += drawn[t] * series[k][t];
                    squares += drawn[t] * series[k][t] * series[k][t];
                }
                var variance = squares / n - sum / n * (sum / n);
                if (variance <= 1e-12 * sample[k] * sample[k]) continue;
                // Of a strategy below the benchmark at least half of the record's variance.
                if (mean[k] < 0) variance = Math.Max(variance, sample[k] * sample[k] / 2);
                var scale = Math.Sqrt(n) / longRun[k] * sample[k] / Math.Sqrt(variance);
                largest = Math.Max(largest, scale * (sum / n - mean[k]));
                consistent = Math.Max(consistent, scale * (sum / n - (studentised[k] < poor ? 0 : mean[k])));
            }
            if (largest >= statistic) check++;
            if (consistent >= Math.Max(0, statistic)) superior++;
        }
        return new((check + 1.0) / (resamples + 1), (superior + 1.0) / (resamples + 1), block);
    }

    // 256 of them, evenly.
    private static bool IsTaken(int k, int count) =>
        count <= 256 || Enumerable.Range(0, 256).Any(i => (int)((long)i * count / 256) == k);

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    private static double Covariance(double[] values, double mean, int lag)
    {
        var sum = 0.0;
        for (var t = lag; t < values.Length; t++) sum += (values[t] - mean) * (values[t - lag] - mean);
        return sum / values.Length;
    }

    // Politis and White 2004, corrected 2009.
    private static double Block(double[] values)
    {
        var (n, run) = (values.Length, 5);
        var most = Math.Min(n - 1, (int)Math.Ceiling(Math.Sqrt(n)) + run);
        var mean = values.Average();
        double[] covariance = [.. Enumerable.Range(0, most + 1).Select(lag => Covariance(values, mean, lag))];
        var bound = 2 * Math.Sqrt(Math.Log10(n) / n) * covariance[0];
        var lags = Enumerable.Range(0, most - run + 1)
            .Where(lag => Enumerable.Range(lag + 1, run).All(l => Math.Abs(covariance[l]) < bound)).DefaultIfEmpty(-1).First();
        if (lags < 0) lags = Enumerable.Range(1, most).Where(l => Math.Abs(covariance[l]) >= bound).DefaultIfEmpty(1).Max();
        lags = Math.Min(2 * Math.Max(1, lags), most);
        double Window(int lag) => 2 * Math.Min(1, 2 * (1 - (double)lag / lags));
        var weighted = Enumerable.Range(1, lags).Sum(lag => Window(lag) * lag * covariance[lag]);
        var spectrum = covariance[0] + Enumerable.Range(1, lags).Sum(lag => Window(lag) * covariance[lag]);
        return spectrum <= 0 ? 1 : Math.Clamp(Math.Cbrt(weighted * weighted / (spectrum * spectrum) * n), 1,
            Math.Max(1, Math.Min(3 * Math.Sqrt(n), n / 3.0)));
    }

    // Hansen 2005, section 3.1.
    private static double LongRun(double[] values, double mean, double block)
    {
        var (n, stay) = (values.Length, 1 - 1 / block);
        var variance = Covariance(values, mean, 0);
        for (var lag = 1; lag < n; lag++)
            variance += 2 * ((double)(n - lag) / n * Math.Pow(stay, lag) + (double)lag / n * Math.Pow(stay, n - lag))
                * Covariance(values, mean, lag);
        return variance > 1e-30 ? Math.Sqrt(variance) : 0;
    }
}
