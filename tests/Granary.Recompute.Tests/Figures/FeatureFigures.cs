using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>A column of a feature study.</summary>
internal sealed record ColumnSummary(int Count, double Missing, double Mean, double Deviation, double[] Quantiles, double Autocorrelation,
    double UnitRoot);

/// <summary>A feature of a study, tested against the label.</summary>
internal sealed record FeatureTest(string Name, ColumnSummary Column, int Samples, double Correlation, double PValue);

/// <summary>Features of one market against the direction of the close some bars later, by docs/learning.md, over plain lists.</summary>
internal sealed class FeatureFigures
{
    private static readonly double[] Levels = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];

    /// <param name="share">Part of the bars, from the first, that is looked at.</param>
    /// <param name="ahead">Bars until the label is known.</param>
    /// <param name="valueOf">A feature at a bar; null for features of the market's own bars.</param>
    public FeatureFigures(IReadOnlyList<MarketBar> bars, double share, int ahead, IReadOnlyList<string> names,
        Func<int, string, double>? valueOf = null)
    {
        valueOf ??= (i, name) => Value(bars, i, name);
        Bars = (int)(bars.Count * share);
        (From, To) = (bars[0].Time, bars[Bars - 1].Time);
        var samples = Enumerable.Range(0, Bars).Where(i => i % ahead == 0 && i + ahead < Bars).ToList();
        Samples = samples.Count;
        double LabelAt(int i) => bars[i + ahead].Close > bars[i].Close ? 1 : 0;
        double[] labels = [.. samples.Select(LabelAt)];
        Ones = labels.Average();
        Label = Summary(labels);
        Features = [.. names.Select(name =>
        {
            double[] column = [.. Enumerable.Range(0, Bars).Select(i => valueOf(i, name))];
            List<int> known = [.. samples.Where(i => double.IsFinite(column[i]))];
            var (a, b) = (Ranks([.. known.Select(i => column[i])]), Ranks([.. known.Select(LabelAt)]));
            var correlation = Correlation(a, b);
            var z = Math.Abs(correlation) * Math.Sqrt(Worth(a, b) - 1);
            return new FeatureTest(name, Summary(column), known.Count, correlation, 2 * Shape.Normal(-z));
        })];
    }

    public int Bars { get; }

    public int Samples { get; }

    public DateTime From { get; }

    public DateTime To { get; }

    public double Ones { get; }

    public ColumnSummary Label { get; }

    public IReadOnlyList<FeatureTest> Features { get; }

    /// <summary>Benjamini's and Yekutieli's: the least of p·m·Σ1/k / rank over this rank and all after it.</summary>
    public static Dictionary<FeatureTest, double> Corrected(IReadOnlyList<FeatureTest> tests)
    {
        var m = tests.Count;
        var sum = Enumerable.Range(1, m).Sum(k => 1.0 / k);
        var ranked = tests.OrderBy(t => t.PValue).ToList();
        return ranked.ToDictionary(t => t, t => ranked.Skip(ranked.IndexOf(t))
            .Min(later => Math.Min(1, later.PValue * m * sum / (ranked.IndexOf(later) + 1))));
    }

    private static ColumnSummary Summary(double[] column)
    {
        double[] values = [.. column.Where(double.IsFinite)];
        double[] sorted = [.. values.Order()];
        var mean = values.Average();
        double Centred(int i) => values[i] - mean;
        var squares = Enumerable.Range(0, values.Length).Sum(i => Centred(i) * Centred(i));
        return new ColumnSummary(values.Length, 1 - values.Length / (double)column.Length, mean, CurveFigures.Deviation(values),
            [.. Levels.Select(level => Quantile(sorted, level))],
            Enumerable.Range(1, values.Length - 1).Sum(i => Centred(i) * Centred(i - 1)) / squares, DickeyFuller(values));
    }

    private static double Quantile(double[] sorted, double level)
    {
        var place = level * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }

    // The t-statistic of the level in a regression of the differences on a constant, the level before and lagged differences. Its standard
    // error follows from the residual of the level on the other columns.
    private static double DickeyFuller(double[] y)
    {
        var lags = (int)Math.Floor(Math.Pow(y.Length - 1, 1.0 / 3) + 1e-9);
        List<int> rows = [.. Enumerable.Range(lags + 1, y.Length - lags - 1)];
        List<double[]> others = [[.. rows.Select(_ => 1.0)], .. Enumerable.Range(1, lags)
            .Select(k => rows.Select(t => y[t - k] - y[t - k - 1]).ToArray())];
        double[] level = [.. rows.Select(t => y[t - 1])], change = [.. rows.Select(t => y[t] - y[t - 1])];
        List<double[]> all = [.. others, level];
        var weights = LeastSquares.Free(all, change);
        var variance = LeastSquares.Residual(all, change, weights).Sum(e => e * e) / (rows.Count - all.Count);
        var rest = LeastSquares.Residual(others, level, LeastSquares.Free(others, level)).Sum(e => e * e);
        return weights[^1] / Math.Sqrt(variance / rest);
    }

    private static double[] Ranks(double[] values) =>
        [.. values.Select(v => values.Count(x => x < v) + (values.Count(x => x == v) + 1) / 2.0)];

    private static double Correlation(double[] a, double[] b)
    {
        var mean = (a.Length + 1) / 2.0;
        return a.Zip(b, (x, y) => (x - mean) * (y - mean)).Sum()
            / Math.Sqrt(a.Sum(x => (x - mean) * (x - mean)) * b.Sum(y => (y - mean) * (y - mean)));
    }

    // Independent pairs that two series are worth, by Pyper and Peterman.
    private static double Worth(double[] a, double[] b)
    {
        var (n, mean) = (a.Length, (a.Length + 1) / 2.0);
        double Auto(double[] x, int k) => Enumerable.Range(k, n - k).Sum(i => (x[i] - mean) * (x[i - k] - mean))
            / x.Sum(v => (v - mean) * (v - mean));
        var factor = 1 + 2 * Enumerable.Range(1, Math.Min(n / 5, 200)).Sum(k => (1 - k / (double)n) * Auto(a, k) * Auto(b, k));
        return factor <= 1 ? n : Math.Max(4, n / factor);
    }

    // By docs/factors.md.
    private static double Value(IReadOnlyList<MarketBar> bars, int at, string name)
    {
        double Move(int i, int length) => i < length ? double.NaN : Math.Log(bars[i].Close / bars[i - length].Close);
        double Mean(int length) => at < length - 1 ? double.NaN
            : Enumerable.Range(at - length + 1, length).Average(i => bars[i].Close);
        return name switch
        {
            "return(1)" => Move(at, 1),
            "return(1)[2]" => at < 2 ? double.NaN : Move(at - 2, 1),
            "return(5)" => Move(at, 5),
            "sma(5)/close" => Mean(5) / bars[at].Close,
            "sma(20)/close" => Mean(20) / bars[at].Close,
            "close" => bars[at].Close,
            _ => throw new InvalidOperationException($"nothing computes the feature '{name}'"),
        };
    }
}
