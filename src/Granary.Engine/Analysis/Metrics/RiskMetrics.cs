using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of how much an account or a curve varied and fell.</summary>
internal static class RiskMetrics
{
    public static Metric Volatility { get; } = new("volatility", "Volatility")
    {
        Formula = "std(r, ddof 1) · √periodsPerYear",
        Source = "textbook",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => Yearly(m.Equity),
        Place = 9,
    };

    public static Metric MaxDrawdown { get; } = new("maxDrawdown", "Maximum drawdown")
    {
        Formula = "max(1 − E / cummax(E))",
        Source = "textbook",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => m.Equity.MaxDrawdown,
        ShortName = "Max drawdown",
        Place = 13,
        Headline = 3,
    };

    public static Metric MaxDrawdownDays { get; } = new("maxDrawdownDays", "Length of the maximum drawdown")
    {
        Formula = "calendar days from the deepest drawdown's peak to the first later E ≥ peak, or to the last point",
        Source = "convention",
        Unit = MetricUnit.Days,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => m.Equity.MaxDrawdownDays,
        ShortName = "Days of max drawdown",
        Place = 14,
    };

    public static Metric LongestUnderwaterDays { get; } = new("longestUnderwaterDays", "Longest under water")
    {
        Formula = "the most calendar days from any peak to its recovery, or to the last point",
        Source = "convention",
        Unit = MetricUnit.Days,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.LongestUnderwaterDays,
        Place = 56,
    };

    public static Metric UlcerIndex { get; } = new("ulcerIndex", "Ulcer index")
    {
        Formula = "√mean((1 − E / cummax(E))²), a fraction",
        Source = "Martin and McCann 1989",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => Math.Sqrt(m.Equity.MeanSquaredDrawdown),
        Place = 54,
    };

    public static Metric Var95 { get; } = new("var95", "Value at risk, 95%")
    {
        Formula = "−q, q the 5 % quantile of r with linear interpolation",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Tail!.OfAll.ValueAtRisk,
        Place = 50,
        OfDays = "dailyVar95",
    };

    public static Metric Cvar95 { get; } = new("cvar95", "Expected shortfall, 95%")
    {
        Formula = "−mean(r | r ≤ q)",
        Source = "Rockafellar and Uryasev 2000, historical form",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Tail!.OfAll.ExpectedShortfall,
        Place = 51,
        OfDays = "dailyCvar95",
    };

    public static Metric Var95InMarket { get; } = new("var95InMarket", "Value at risk, 95%, in the market")
    {
        Formula = "var95 of the periods with r ≠ 0 alone",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Tail!.InMarket.ValueAtRisk,
        Place = 60,
        OfDays = "dailyVar95InMarket",
    };

    public static Metric Cvar95InMarket { get; } = new("cvar95InMarket", "Expected shortfall, 95%, in the market")
    {
        Formula = "cvar95 of the periods with r ≠ 0 alone",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Tail!.InMarket.ExpectedShortfall,
        Place = 61,
        OfDays = "dailyCvar95InMarket",
    };

    public static Metric DailyVar95 { get; } = new("dailyVar95", "Value at risk of a day, 95%")
    {
        Formula = "var95 of the returns of UTC days",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DailyVar95,
        Place = 40,
    };

    public static Metric DailyCvar95 { get; } = new("dailyCvar95", "Expected shortfall of a day, 95%")
    {
        Formula = "cvar95 of the returns of UTC days",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DailyCvar95,
        Place = 41,
    };

    public static Metric DailyVar95InMarket { get; } = new("dailyVar95InMarket", "Value at risk of a day in the market, 95%")
    {
        Formula = "var95 of the returns of the days in the market alone",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DailyVar95InMarket,
        Place = 42,
    };

    public static Metric DailyCvar95InMarket { get; } = new("dailyCvar95InMarket", "Expected shortfall of a day in the market, 95%")
    {
        Formula = "cvar95 of the returns of the days in the market alone",
        Source = "historical simulation",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DailyCvar95InMarket,
        Place = 43,
    };

    public static Metric Skew { get; } = new("skew", "Skewness")
    {
        Formula = "m₃ / m₂^1.5, population moments",
        Source = "textbook",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.Skew,
        Place = 52,
    };

    public static Metric Kurtosis { get; } = new("kurtosis", "Kurtosis (normal: 3)")
    {
        Formula = "m₄ / m₂², population moments, raw: 3 for the normal distribution",
        Source = "textbook",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Risk,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.Kurtosis,
        ShortName = "Kurtosis",
        Place = 53,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        Volatility, MaxDrawdown, MaxDrawdownDays, LongestUnderwaterDays, UlcerIndex, Var95, Cvar95, Var95InMarket,
        Cvar95InMarket, DailyVar95, DailyCvar95, DailyVar95InMarket, DailyCvar95InMarket, Skew, Kurtosis,
    ];

    private static double Yearly(in EquityMeasures equity) =>
        equity.IsRuined ? double.NaN : equity.Deviation * Math.Sqrt(equity.PeriodsPerYear);
}
