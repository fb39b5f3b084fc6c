using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What the tear sheet of an equity curve says outside of its tables; no risk-free rate is given.</summary>
internal static class CurveSentences
{
    private const int Shaded = 5;

    /// <param name="name">Of the benchmark, which has the curve's times.</param>
    public static void Check(PageCheck check, BareCurve curve, BareCurve benchmark, string name)
    {
        var (says, own, theirs) = (check.Sentences, curve.Statistics(), benchmark.Statistics());
        var (first, last, perYear) = ($"{curve.Times[0]:yyyy-MM-dd}", $"{curve.Times[^1]:yyyy-MM-dd}", curve.PeriodsPerYear);
        says.Says($"{{}} points, one each day, {first} to {last}. Annualised with {{}} periods per year; compared with {name}.",
            curve.Times.Count, perYear);
        says.Says($"Total return: {{}} a year; {name} {{}}", own["Yearly growth (CAGR)"].Number, theirs["Total return"].Number);
        says.Says("Sharpe ratio: Sortino {}", own["Sortino ratio"].Number);
        says.Says("Max drawdown: {} days", own["Length of the maximum drawdown"].Number);
        says.Says("Value at risk, 95%: per day");
        says.Says("Alpha, yearly: Beta {}", ReturnTables.Slope(curve.Returns, benchmark.Returns));
        says.Says("The risk-free rate is {}.", 0);
        says.Says($"{name}: by day at the {{}} times that both curves have, annualised with {{}} periods a year.", curve.Times.Count,
            perYear);
        says.Says($"Compared with {name} at the {{}} times that both have.", curve.Times.Count);
        Falls(says, curve, first, last);
        Returns(says, curve);
    }

    private static void Falls(SentenceCheck says, BareCurve curve, string first, string last)
    {
        var falls = curve.Falls().OrderByDescending(f => f.Depth).ThenBy(f => f.Peak).ToList();
        says.Says("Shaded are the deepest drawdowns, from peak to recovery. "
            + $"From {{}} on {first} to {{}} on {last}, a return of {{}}.", curve.Values[0], curve.Values[^1], curve.TotalReturn);
        says.Says($"The deepest fall was {{}}, from {falls[0].Peak:yyyy-MM-dd} to {falls[0].Trough:yyyy-MM-dd}.", falls[0].Depth);
        says.Says("Shaded: the {} deepest drawdowns, from their peak to their recovery.", Math.Min(Shaded, falls.Count));
    }

    private static void Returns(SentenceCheck says, BareCurve curve)
    {
        var years = curve.Times.Select(t => t.Year).Distinct().Zip(curve.Periods(t => t.Year), (y, r) => (Year: y, Return: r)).ToList();
        says.Says($"Best {years.MaxBy(y => y.Return).Year} with {{}}, worst {years.MinBy(y => y.Return).Year} with {{}}; "
            + "the first and the last year may be cut short.", years.Max(y => y.Return), years.Min(y => y.Return));
        double[] held = [.. curve.Returns.Where(r => r != 0)];
        var tail = DailyCurve.Quantile(held, 0.05);
        var worse = held.Where(r => r <= tail).Average();
        says.Says("{} returns. One day in twenty loses more than {}; such days lose {} on average.", held.Length, -tail, -worse);
        says.Says("VaR 95% {}", tail);
        says.Says("CVaR 95% {}", worse);
        says.Says("Drawn are the {} days in the market; {} of {} days had a return of 0, as without a position, and are neither gains nor "
            + "losses. "
            + "The outermost bars hold what lies beyond them. Stronger bars lie beyond the 95% value at risk.", held.Length,
            curve.Returns.Length - held.Length, curve.Returns.Length);
    }
}
