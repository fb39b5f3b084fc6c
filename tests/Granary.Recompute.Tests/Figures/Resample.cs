namespace Granary.Recompute.Tests.Figures;

/// <summary>The stationary bootstrap of Politis and Romano 1994.</summary>
internal static class Resample
{
    /// <summary>How often each period is drawn in a sample of as many periods.</summary>
    public static double[] Counts(int periods, double meanBlock, Random random)
    {
        var counts = new double[periods];
        var at = 0;
        for (var i = 0; i < periods; i++)
        {
            at = i == 0 || random.NextDouble() * meanBlock < 1 ? random.Next(periods) : (at + 1) % periods;
            counts[at]++;
        }
        return counts;
    }

    /// <summary>Mean Sharpe ratio of equally weighted winners among strategies whose edge is taken away, and its deviation from sample to
    /// sample.</summary>
    public static (double Mean, double Deviation) WinnersOfNothing(IReadOnlyList<double[]> returns, double meanBlock, int resamples,
        Random random)
    {
        double[][] centred = [.. returns.Select(r => r.Select(x => x - r.Average()).ToArray())];
        var n = centred[0].Length;
        var found = new double[resamples];
        for (var b = 0; b < resamples; b++)
        {
            var counts = Counts(n, meanBlock, random);
            var joined = new double[n];
            foreach (var r in centred)
                if (r.Zip(counts, (x, c) => x * c).Sum() > 0)
                    for (var t = 0; t < n; t++) joined[t] += r[t];
            double[] sample = [.. joined.SelectMany((x, t) => Enumerable.Repeat(x, (int)counts[t]))];
            found[b] = sample.Average() / CurveFigures.Deviation(sample);
        }
        return (found.Average(), CurveFigures.Deviation(found));
    }
}
