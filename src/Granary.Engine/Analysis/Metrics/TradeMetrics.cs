using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of closed trades, net of commission.</summary>
internal static class TradeMetrics
{
    public static Metric Trades { get; } = new("trades", "Trades")
    {
        Formula = "closed round trips; a trade that is open at the end does not count",
        Source = "contract",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades,
        Compute = static (in MetricInput m) => m.Trades.Trades,
        Place = 1,
        Headline = 4,
    };

    public static Metric WinRate { get; } = new("winRate", "Win rate")
    {
        Formula = "trades with pnl_net > 0 over all trades",
        Source = "convention",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades,
        Compute = static (in MetricInput m) => Mean(m.Trades.Wins, m.Trades.Trades),
        ShortName = "Won",
        Place = 2,
    };

    public static Metric ProfitFactor { get; } = new("profitFactor", "Profit factor")
    {
        Formula = "Σ wins / |Σ losses|, net of commission",
        Source = "textbook",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades,
        Compute = static (in MetricInput m) => m.Trades.GrossLoss > 0 ? m.Trades.GrossProfit / m.Trades.GrossLoss : double.NaN,
        ShortName = "PF",
        Place = 6,
        IsUnbounded = true,
    };

    public static Metric Expectancy { get; } = new("expectancy", "Expectancy per trade")
    {
        Formula = "mean(pnl_net)",
        Source = "textbook",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades,
        Compute = static (in MetricInput m) => Mean(m.Trades.NetProfit, m.Trades.Trades),
        ShortName = "Expectancy",
        Place = 3,
        IsColoured = true,
    };

    public static Metric AverageWin { get; } = new("averageWin", "Average win")
    {
        Formula = "mean(pnl_net | pnl_net > 0)",
        Source = "textbook",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades,
        Compute = static (in MetricInput m) => Mean(m.Trades.GrossProfit, m.Trades.Wins),
        Place = 4,
    };

    public static Metric AverageLoss { get; } = new("averageLoss", "Average loss")
    {
        Formula = "mean(pnl_net | pnl_net < 0), negative",
        Source = "textbook",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades,
        Compute = static (in MetricInput m) => Mean(-m.Trades.GrossLoss, m.Trades.Losses),
        Place = 5,
        IsUnbounded = true,
    };

    public static Metric Payoff { get; } = new("payoff", "Payoff ratio")
    {
        Formula = "averageWin / |averageLoss|",
        Source = "textbook",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Trades | MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => AverageWin.Compute(m) / -AverageLoss.Compute(m),
        Place = 70,
        IsUnbounded = true,
    };

    public static Metric LargestWin { get; } = new("largestWin", "Largest win")
    {
        Formula = "max(pnl_net | pnl_net > 0)",
        Source = "textbook",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.LargestWin,
        Place = 73,
    };

    public static Metric LargestLoss { get; } = new("largestLoss", "Largest loss")
    {
        Formula = "min(pnl_net | pnl_net < 0), negative",
        Source = "textbook",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Trades,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.LargestLoss,
        Place = 74,
    };

    public static Metric AverageBars { get; } = new("averageBars", "Bars held on average")
    {
        Formula = "mean(bars held)",
        Source = "convention",
        Unit = MetricUnit.Bars,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Trades,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => Mean(m.Trades.Bars, m.Trades.BarsKnown),
        ShortName = "Bars",
        Place = 75,
    };

    public static Metric Exposure { get; } = new("exposure", "Time in the market")
    {
        Formula = "share of bars at whose close a position is held",
        Source = "contract",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => Mean(m.Account.PeriodsInMarket, m.Account.Periods),
        Place = 17,
    };

    public static Metric Commission { get; } = new("commission", "Commission paid")
    {
        Formula = "Σ commission of all fills",
        Source = "textbook",
        Unit = MetricUnit.Money,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Account,
        Compute = static (in MetricInput m) => m.Account.Commission,
        ShortName = "Commission",
        Place = 18,
    };

    public static Metric LongestWinStreak { get; } = new("longestWinStreak", "Longest winning streak")
    {
        Formula = "most trades with pnl_net > 0 in a row, in the order of closing",
        Source = "convention",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.LongestWinStreak,
        Place = 71,
    };

    public static Metric LongestLossStreak { get; } = new("longestLossStreak", "Longest losing streak")
    {
        Formula = "most trades with pnl_net < 0 in a row, in the order of closing",
        Source = "convention",
        Unit = MetricUnit.Count,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.LongestLossStreak,
        Place = 72,
    };

    public static Metric AverageAdverse { get; } = new("averageAdverse", "Average adverse excursion")
    {
        Formula = "mean(mae), mae = largest move against the trade while open, as a fraction of the entry price",
        Source = "Sweeney 1997",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.Excursions?.Adverse.Average ?? double.NaN,
        Place = 76,
    };

    public static Metric WorstAdverse { get; } = new("worstAdverse", "Worst adverse excursion")
    {
        Formula = "max(mae)",
        Source = "Sweeney 1997",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.Excursions?.Adverse.Largest ?? double.NaN,
        Place = 77,
    };

    public static Metric AverageFavourable { get; } = new("averageFavourable", "Average favourable excursion")
    {
        Formula = "mean(mfe), mfe = largest move for the trade while open, as a fraction of the entry price",
        Source = "Sweeney 1997",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.Excursions?.Favourable.Average ?? double.NaN,
        Place = 78,
    };

    public static Metric BestFavourable { get; } = new("bestFavourable", "Best favourable excursion")
    {
        Formula = "max(mfe)",
        Source = "Sweeney 1997",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.Excursions?.Favourable.Largest ?? double.NaN,
        Place = 79,
    };

    public static Metric EdgeRatio { get; } = new("edgeRatio", "Edge ratio")
    {
        Formula = "mean(mfe) / mean(mae)",
        Source = "Faith 2007",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Excursions,
        Needs = MetricParts.TradeDetails,
        Compute = static (in MetricInput m) => m.Trades.Excursions?.EdgeRatio ?? double.NaN,
        Place = 80,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        Trades, WinRate, ProfitFactor, Expectancy, AverageWin, AverageLoss, Payoff, LargestWin, LargestLoss,
        AverageBars, Exposure, Commission, LongestWinStreak, LongestLossStreak, AverageAdverse, WorstAdverse,
        AverageFavourable, BestFavourable, EdgeRatio,
    ];

    private static double Mean(double sum, long count) => count == 0 ? double.NaN : sum / count;
}
