using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of what an account or a curve earned.</summary>
internal static class ReturnMetrics
{
    public static Metric TotalReturn { get; } = new("totalReturn", "Total return")
    {
        Formula = "E_last / E_first − 1",
        Source = "textbook",
        Unit = MetricUnit.Return,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => m.Equity.Growth - 1,
        ShortName = "Return",
        Place = 7,
        Headline = 1,
        IsColoured = true,
    };

    public static Metric Cagr { get; } = new("cagr", "Yearly growth (CAGR)")
    {
        Formula = "(E_last / E_first)^(365.25 / days) − 1, days = calendar days from first to last",
        Source = "textbook, calendar form",
        Unit = MetricUnit.Return,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => Yearly(m.Equity),
        ShortName = "CAGR",
        Place = 8,
        IsColoured = true,
    };

    public static Metric FinalEquity { get; } = new("finalEquity", "Final equity")
    {
        Formula = "E_last",
        Source = "convention",
        Unit = MetricUnit.Money,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => m.Equity.Final,
        Place = 19,
    };

    public static Metric NetProfit { get; } = new("netProfit", "Net profit, closed trades")
    {
        Formula = "Σ pnl_net",
        Source = "textbook",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Account | MetricParts.Trades,
        Compute = static (in MetricInput m) => m.Trades.NetProfit,
        ShortName = "Net profit",
        Place = 20,
        IsColoured = true,
    };

    public static Metric BestMonth { get; } = new("bestMonth", "Best month")
    {
        Formula = "the greatest return of a calendar month (UTC)",
        Source = "convention",
        Unit = MetricUnit.Return,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.BestMonth,
        Place = 62,
        IsColoured = true,
    };

    public static Metric WorstMonth { get; } = new("worstMonth", "Worst month")
    {
        Formula = "the smallest return of a calendar month (UTC)",
        Source = "convention",
        Unit = MetricUnit.Return,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => m.Equity.WorstMonth,
        Place = 63,
        IsColoured = true,
    };

    public static Metric MonthsProfitable { get; } = new("monthsProfitable", "Months profitable")
    {
        Formula = "share of calendar months (UTC) whose last E exceeds the last E before the month; the first month starts from E_first",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => Share(m.Equity.MonthsUp, m.Equity.Months),
        Place = 15,
    };

    public static Metric WeeksProfitable { get; } = new("weeksProfitable", "Weeks profitable")
    {
        Formula = "the same by weeks from Monday to Sunday",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Equity,
        Compute = static (in MetricInput m) => Share(m.Equity.WeeksUp, m.Equity.Weeks),
        Place = 16,
    };

    public static Metric PeriodsProfitable { get; } = new("periodsProfitable", "Periods profitable")
    {
        Formula = "share of the r that are > 0",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => Share(m.Equity.PositiveReturns, m.Equity.Returns),
        Place = 58,
        OfDays = "daysProfitable",
    };

    public static Metric PeriodsProfitableInMarket { get; } = new("periodsProfitableInMarket", "Periods in the market profitable")
    {
        Formula = "share of the r > 0 among the r ≠ 0",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Curve,
        Compute = static (in MetricInput m) => Share(m.Equity.PositiveReturns, m.Equity.NonZeroReturns),
        Place = 59,
        OfDays = "daysProfitableInMarket",
    };

    public static Metric DaysInMarket { get; } = new("daysInMarket", "Days in the market")
    {
        Formula = "UTC days with a position at one of their rows or at the row before, or with a change of E",
        Source = "convention",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Return,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DaysInMarket,
        Place = 35,
    };

    public static Metric DaysProfitable { get; } = new("daysProfitable", "Days with a gain")
    {
        Formula = "share of days with r > 0; a day with r = 0 is neither a gain nor a loss",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DaysProfitable,
        Place = 36,
    };

    public static Metric DaysLosing { get; } = new("daysLosing", "Days with a loss")
    {
        Formula = "share of days with r < 0",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Return,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DaysLosing,
        Place = 37,
    };

    public static Metric DaysProfitableInMarket { get; } = new("daysProfitableInMarket", "Days in the market with a gain")
    {
        Formula = "days with r > 0 over the days in the market",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Return,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DaysProfitableInMarket,
        Place = 38,
    };

    public static Metric DaysLosingInMarket { get; } = new("daysLosingInMarket", "Days in the market with a loss")
    {
        Formula = "days with r < 0 over the days in the market",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Return,
        Needs = MetricParts.Days,
        Compute = static (in MetricInput m) => m.Days!.DaysLosingInMarket,
        Place = 39,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        TotalReturn, Cagr, FinalEquity, NetProfit, BestMonth, WorstMonth, MonthsProfitable, WeeksProfitable,
        PeriodsProfitable, PeriodsProfitableInMarket, DaysInMarket, DaysProfitable, DaysLosing, DaysProfitableInMarket,
        DaysLosingInMarket,
    ];

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : part / (double)whole;

    private static double Yearly(in EquityMeasures equity) => EquityMeasures.Yearly(equity.Growth, 365.25 / equity.Days);
}
