using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Features of a market that read another one, by docs/factors.md, over plain lists.</summary>
/// <param name="own">The market.</param>
/// <param name="other">The other one; where it has no bar, its last close before stands.</param>
internal sealed class PairFigures(IReadOnlyList<MarketBar> own, IReadOnlyList<MarketBar> other)
{
    private readonly double[] _own = [.. own.Select(b => b.Close)];

    private readonly double[] _other = [.. own.Select(b => other.Where(o => o.Time <= b.Time).Select(o => o.Close)
        .DefaultIfEmpty(double.NaN).Last())];

    public double Value(int at, string name) => name switch
    {
        "return-of(BBB)" => Log(_other, at, 1),
        "return-of(BBB,5)[2]" => Log(_other, at - 2, 5),
        "excess-return(BBB,3)" => Log(_own, at, 3) - Log(_other, at, 3),
        "ratio-zscore(BBB,10)" => Score(at, 10),
        "beta(BBB,20)" => Moments(at, 20) is var (_, yy, xy) ? xy / yy : double.NaN,
        "correlation(BBB,20,returns)" => Moments(at, 20) is var (xx, yy, xy) ? xy / Math.Sqrt(xx * yy) : double.NaN,
        _ => throw new InvalidOperationException($"nothing computes the feature '{name}'"),
    };

    private static double Log(double[] prices, int at, int length) => at < length ? double.NaN : Math.Log(prices[at] / prices[at - length]);

    private double Score(int at, int n)
    {
        if (at < n - 1) return double.NaN;
        double[] ratios = [.. Enumerable.Range(at - n + 1, n).Select(i => Math.Log(_own[i] / _other[i]))];
        var mean = ratios.Average();
        return (ratios[^1] - mean) / Math.Sqrt(ratios.Average(q => (q - mean) * (q - mean)));
    }

    private (double XX, double YY, double XY) Moments(int at, int n)
    {
        if (at < n) return (double.NaN, double.NaN, double.NaN);
        double[] Returns(double[] prices) => [.. Enumerable.Range(at - n + 1, n).Select(i => prices[i] / prices[i - 1] - 1)];
        var (x, y) = (Returns(_own), Returns(_other));
        double Sum(double[] a, double[] b) => a.Zip(b, (p, q) => (p - a.Average()) * (q - b.Average())).Sum();
        return (Sum(x, x), Sum(y, y), Sum(x, y));
    }
}
