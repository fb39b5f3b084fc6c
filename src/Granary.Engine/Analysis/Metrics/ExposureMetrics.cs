using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of the bars, the positions and the costs of an account.</summary>
internal static class ExposureMetrics
{
    public static Metric Periods { get; } = new("periods", "Periods")
    {
        Formula = "n: bars of a strategy, rows of a portfolio",
        Source = "convention",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.Periods,
        Place = 21,
    };

    public static Metric EquityAverage { get; } = new("equityAverage", "Equity on average")
    {
        Formula = "mean(E) over every row",
        Source = "convention",
        Unit = MetricUnit.Money,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.EquityAverage,
        Place = 31,
    };

    public static Metric GrossExposureAverage { get; } = new("grossExposureAverage", "Gross exposure on average")
    {
        Formula = "mean of Σ|position| / E over every row",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.GrossExposureAverage,
        Place = 32,
    };

    public static Metric GrossExposureMost { get; } = new("grossExposureMost", "Gross exposure at the most")
    {
        Formula = "greatest Σ|position| / E of every row",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.GrossExposureMost,
        Place = 33,
    };

    public static Metric Days { get; } = new("days", "Days")
    {
        Formula = "UTC days with a row",
        Source = "convention",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.Days,
        Place = 34,
    };

    public static Metric Financing { get; } = new("carry", "Dividends and funding, less borrow fees and interest")
    {
        Formula = "Σ dividends and funding received − Σ dividends and funding owed, borrow fees and interest",
        Source = "contract",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.Financing,
        Place = 44,
        OmitsZero = true,
    };

    public static Metric Funding { get; } = new("funding", "Funding received less paid")
    {
        Formula = "Σ funding of perpetual futures received − Σ paid; a part of `carry`",
        Source = "contract",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.Funding,
        Place = 81,
        OmitsZero = true,
    };

    public static Metric Liquidations { get; } = new("liquidations", "Liquidations")
    {
        Formula = "trades that the exchange took over, since their margin had fallen to what they required",
        Source = "contract",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.Liquidations,
        Place = 82,
        OmitsZero = true,
    };

    public static Metric MarginUseMost { get; } = new("marginUseMost", "Margin use at the most")
    {
        Formula = "greatest M / E of every row; M: with isolated margin Σ entry notional / leverage, with cross margin what the positions "
            + "require",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Exposure,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.MarginUseMost,
        Place = 83,
        OmitsZero = true,
    };

    public static Metric IntrabarByPath { get; } = new("intrabarByPath", "Bars decided by smaller bars")
    {
        Formula = "bars that touched a trade's stop and target, and were decided by the path of smaller bars",
        Source = "contract",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Internal,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.IntrabarByPath,
        Place = 45,
    };

    public static Metric IntrabarByRule { get; } = new("intrabarByRule", "Bars decided by the rule")
    {
        Formula = "such bars that the batch's rule had to decide, where a path was asked for",
        Source = "contract",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Internal,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.IntrabarByRule,
        Place = 46,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        Periods, EquityAverage, GrossExposureAverage, GrossExposureMost, Days, Financing, Funding, Liquidations, MarginUseMost,
        IntrabarByPath, IntrabarByRule,
    ];
}
