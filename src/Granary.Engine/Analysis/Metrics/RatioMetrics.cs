using System.Collections.Immutable;
using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of the return for the risk.</summary>
internal static class RatioMetrics
{
    public static Metric Sharpe { get; } = new("sharpe", "Sharpe ratio")
    {
        Formula = "mean(r) / std(r, ddof 1) · √periodsPerYear",
        Source = "Sharpe 1994, Journal of Portfolio Management 21(1)",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => PerPeriod(m.Equity) * Math.Sqrt(m.Equity.PeriodsPerYear),
        ShortName = "Sharpe",
        Place = 10,
        Headline = 2,
        IsUnbounded = true,
    };

    public static Metric ExcessSharpe { get; } = new("excessSharpe", "Sharpe ratio above the risk-free rate")
    {
        Formula = "mean(e) / std(e, ddof 1) · √periodsPerYear, e = r − riskFree / periodsPerYear with the rate at the beginning of r; of "
            + "a constant rate sharpe − riskFree / volatility",
        Source = "Sharpe 1994",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.RiskFree,
        Compute = static (in MetricInput m) => m.Excess?.Sharpe ?? m.Earlier!.Sharpe - m.RiskFree / m.Earlier.Volatility,
        ShortName = "Excess Sharpe",
        Place = 65,
        IsUnbounded = true,
    };

    public static Metric ExcessSortino { get; } = new("excessSortino", "Sortino ratio above the risk-free rate")
    {
        Formula = "mean(e) / √mean(min(e, 0)²) · √periodsPerYear, e as in excessSharpe",
        Source = "Sortino and Price 1994",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.RiskFree,
        Compute = static (in MetricInput m) => m.Excess?.Sortino ?? double.NaN,
        ShortName = "Excess Sortino",
        Place = 66,
        IsUnbounded = true,
    };

    public static Metric ExcessAlpha { get; } = new("excessAlpha", "Alpha above the risk-free rate, yearly")
    {
        Formula = "(mean(e) − beta · mean(eb)) · periodsPerYear, eb of the benchmark, beta = cov(e, eb) / var(eb)",
        Source = "Jensen 1968, Journal of Finance 23(2)",
        Unit = MetricUnit.PerYear,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.RiskFree,
        Compute = static (in MetricInput m) => m.Excess?.Alpha ?? double.NaN,
        ShortName = "Excess alpha",
        Place = 67,
    };

    public static Metric Sortino { get; } = new("sortino", "Sortino ratio")
    {
        Formula = "mean(r) / √mean(min(r, 0)²) · √periodsPerYear, the mean over all r",
        Source = "Sortino and Price 1994, Journal of Investing 3(3)",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => Over(m.Equity.Mean, m.Equity.Downside) * Math.Sqrt(m.Equity.PeriodsPerYear),
        ShortName = "Sortino",
        Place = 11,
        IsUnbounded = true,
    };

    public static Metric Calmar { get; } = new("calmar", "Calmar ratio")
    {
        Formula = "cagr / maxDrawdown",
        Source = "Young 1991, over the whole record",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => m.Equity.IsRuined ? double.NaN : Over(ReturnMetrics.Cagr.Compute(m), m.Equity.MaxDrawdown),
        ShortName = "Calmar",
        Place = 12,
        IsUnbounded = true,
    };

    public static Metric Omega { get; } = new("omega", "Omega ratio")
    {
        Formula = "Σ max(r, 0) / Σ max(−r, 0)",
        Source = "Keating and Shadwick 2002, threshold 0",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.IsRuined ? double.NaN : Over(m.Equity.Gains, m.Equity.Losses),
        ShortName = "Omega",
        Place = 55,
        IsUnbounded = true,
    };

    public static Metric Martin { get; } = new("martin", "Martin ratio")
    {
        Formula = "cagr / ulcerIndex",
        Source = "Martin and McCann 1989, also named ulcer performance index",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.IsRuined ? double.NaN
            : Over(ReturnMetrics.Cagr.Compute(m), RiskMetrics.UlcerIndex.Compute(m)),
        ShortName = "Martin",
        Place = 68,
        IsUnbounded = true,
    };

    public static Metric TailRatio { get; } = new("tailRatio", "Tail ratio")
    {
        Formula = "|q₉₅ / q₅|, the 95 % and the 5 % quantile of r with linear interpolation",
        Source = "convention",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.IsRuined ? double.NaN
            : Math.Abs(Over(m.Tail!.Gain, Math.Abs(m.Tail.OfAll.ValueAtRisk))),
        Place = 69,
        IsUnbounded = true,
    };

    public static Metric ProbabilisticSharpe { get; } = new("probabilisticSharpe", "Probability that Sharpe > 0")
    {
        Formula = "Φ((SR − SR*) · √(n − 1) / √(1 − γ₃·SR + (γ₄ − 1)/4·SR²)), SR per period, γ₄ raw, SR* = 0",
        Source = "Bailey and López de Prado 2012, Journal of Risk 15(2)",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => Probability(m.Equity),
        Place = 57,
        IsUnbounded = true,
    };

    public static Metric MinimumTrackRecordLength { get; } = new("minimumTrackRecordLength", "Record needed for 95%")
    {
        Formula = "1 + (1 − γ₃·SR + (γ₄ − 1)/4·SR²) · (z₀.₉₅ / (SR − SR*))², in returns",
        Source = "Bailey and López de Prado 2012",
        Unit = MetricUnit.Periods,
        Better = MetricDirection.Lower,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.TrackRecord,
        Compute = static (in MetricInput m) => Record(m.Earlier!),
        Place = 66,
    };

    public static Metric PeriodsPerYear { get; } = new("periodsPerYear", "Periods per year")
    {
        Formula = "five sessions a week 252, seven 365, five and Sundays 252 · 6/5; weeks 52, months 12, quarters 4, years 1; intraday: "
            + "bars per session × these; others as counted, in years of 365.25 days. Days of the week with rows in fewer than a third of "
            + "the weeks do not count. A batch's periodsPerYear replaces it",
        Source = "convention",
        Unit = MetricUnit.PerYear,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.ReturnForRisk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => m.Equity.PeriodsPerYear,
        Place = 22,
        CurvePlace = 64,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        Sharpe, ExcessSharpe, Sortino, ExcessSortino, ExcessAlpha, Calmar, Martin, Omega, TailRatio,
        ProbabilisticSharpe, MinimumTrackRecordLength, PeriodsPerYear,
    ];

    // All divisors are deviations, losses or drawdowns of returns.
    private static double Over(double value, double divisor) =>
        Variation.IsNone(divisor, Variation.OfReturns) ? double.NaN : value / divisor;

    private static double PerPeriod(in EquityMeasures equity) => Over(equity.Mean, equity.Deviation);

    private static double Probability(in EquityMeasures equity) =>
        SharpeConfidence.Probabilistic(PerPeriod(equity), 0, equity.Returns, equity.Skew, equity.Kurtosis);

    private static double Record(MetricSet earlier) => SharpeConfidence.MinimumTrackRecordLength(
        earlier.Sharpe / Math.Sqrt(earlier[PeriodsPerYear]), 0, earlier[RiskMetrics.Skew], earlier[RiskMetrics.Kurtosis]);
}
