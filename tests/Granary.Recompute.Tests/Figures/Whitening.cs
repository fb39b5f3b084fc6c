namespace Granary.Recompute.Tests.Figures;

/// <summary>Series without the memory of earlier periods, by an autoregression of one order (docs/validation.md).</summary>
internal static class Whitening
{
    private const int MostLags = 6;

    public static double[][] Of(IReadOnlyList<double[]> series)
    {
        var n = series[0].Length;
        var steps = series.Select(s => Burg(s, Math.Clamp(n / 10, 1, MostLags))).ToList();
        var order = Order(steps, n);
        var partials = series.Select(_ => new double[order]).ToArray();
        for (var lag = 1; lag <= order; lag++)
        {
            double[] own = [.. steps.Select(s => Corrected(s[lag - 1].Sum(), lag, n))];
            var mean = own.Average();
            var real = own.Length < 2 ? 1 : Math.Max(0, own.Sum(x => (x - mean) * (x - mean)) / (own.Length - 1) - 1.0 / n);
            var kept = own.Length < 2 ? 1 : real / (real + 1.0 / n);
            for (var k = 0; k < own.Length; k++) partials[k][lag - 1] = Math.Clamp(mean + kept * (own[k] - mean), 0, 0.97);
        }
        return [.. series.Select((s, k) => Left(s, partials[k]))];
    }

    // Shaman and Stine 1988: an odd lag is too low by (1 + (lag + 2)·π)/n, an even one by (2 + (lag + 2)·π)/n.
    private static double Corrected(double partial, int lag, int n) => (n * partial + 2 - lag % 2) / (n - lag - 2);

    // Burg 1975: what each period adds to the partial autocorrelation of each lag.
    private static double[][] Burg(double[] values, int lags)
    {
        var mean = values.Average();
        double[] ahead = [.. values.Select(v => v - mean)], behind = [.. ahead];
        var found = new double[lags][];
        for (var lag = 1; lag <= lags; lag++)
        {
            var pairs = Enumerable.Range(lag, values.Length - lag).Select(t => (T: t, F: ahead[t], B: behind[t - 1])).ToList();
            var power = pairs.Sum(p => p.F * p.F + p.B * p.B);
            found[lag - 1] = new double[values.Length];
            foreach (var (t, f, b) in pairs) found[lag - 1][t] = power > 0 ? 2 * f * b / power : 0;
            var partial = found[lag - 1].Sum();
            foreach (var (t, f, b) in pairs) (ahead[t], behind[t]) = (f - partial * b, b - partial * f);
        }
        return found;
    }

    // Akaike 1974 for the means of all series: a lag costs 2 and earns the square of its mean over the mean's standard error.
    private static int Order(List<double[][]> steps, int n)
    {
        var (order, criterion, best) = (1, 0.0, double.PositiveInfinity);
        for (var lag = 1; lag <= steps[0].Length; lag++)
        {
            double[] added = [.. Enumerable.Range(lag, n - lag).Select(t => steps.Average(s => s[lag - 1][t]))];
            var (mean, each) = (Math.Max(0, Corrected(added.Sum(), lag, n)), added.Average());
            criterion += 2 - mean * mean / added.Sum(a => (a - each) * (a - each));
            if (lag == 1 || criterion < best) (order, best) = (lag, criterion);
        }
        return order;
    }

    // Errors of the best predictions from the values before; the first values, with fewer of them, at the others' deviation.
    private static double[] Left(double[] values, double[] partials)
    {
        var mean = values.Average();
        var predictions = new List<double[]> { Array.Empty<double>() };
        foreach (var partial in partials)
        {
            // Levinson 1947.
            var last = predictions[^1];
            predictions.Add([.. last.Select((c, i) => c - partial * last[last.Length - 1 - i]), partial]);
        }
        return [.. values.Select((v, t) =>
        {
            var weights = predictions[Math.Min(t, partials.Length)];
            var error = v - mean - weights.Select((w, i) => w * (values[t - 1 - i] - mean)).Sum();
            foreach (var partial in partials.Skip(t)) error *= Math.Sqrt(1 - partial * partial);
            return error + mean * partials.Aggregate(1.0, (product, p) => product * (1 - p));
        })];
    }
}
