namespace Granary.Engine.Analysis;

/// <summary>The statistics under the names that results.json, the command line and the API give them; NaN is written as null.</summary>
public static class StatisticNames
{
    /// <summary>The equity statistics of a run's results.json, in the order in which they are written.</summary>
    public static IReadOnlyList<(string Key, double Value)> Main(EquityStatistics s)
    {
        List<(string, double)> named =
        [
            ("totalReturn", s.TotalReturn), ("cagr", s.Cagr), ("volatility", s.Volatility), ("sharpe", s.Sharpe), ("sortino", s.Sortino),
            ("calmar", s.Calmar), ("maxDrawdown", s.MaxDrawdown), ("maxDrawdownDays", s.MaxDrawdownDays),
            ("monthsProfitable", s.MonthsProfitable), ("weeksProfitable", s.WeeksProfitable), ("finalEquity", s.FinalEquity),
        ];
        if (s.Benchmark is { } b)
            named.AddRange([("trackingError", b.TrackingError), ("informationRatio", b.InformationRatio), ("beta", b.Beta), ("alpha", b.Alpha), ("correlation", b.Correlation)]);
        return named;
    }

    /// <summary>All that is known about a curve alone: <see cref="Main(EquityStatistics)"/> and what <c>analyze</c> adds.</summary>
    public static IReadOnlyList<(string Key, double Value)> All(EquityStatistics s) =>
    [
        .. Main(s), ("var95", s.Var95), ("cvar95", s.Cvar95), ("skew", s.Skew), ("kurtosis", s.Kurtosis), ("ulcerIndex", s.UlcerIndex),
        ("omega", s.Omega), ("longestUnderwaterDays", s.LongestUnderwaterDays), ("probabilisticSharpe", s.ProbabilisticSharpe),
        ("periodsProfitable", s.PeriodsProfitable), ("periodsProfitableInMarket", s.ActivePeriodsProfitable),
        ("var95InMarket", s.Var95InMarket), ("cvar95InMarket", s.Cvar95InMarket), ("bestMonth", s.BestMonth), ("worstMonth", s.WorstMonth), ("periodsPerYear", s.PeriodsPerYear),
    ];

    /// <summary>The trade statistics of a run's results.json.</summary>
    public static IReadOnlyList<(string Key, double Value)> Main(TradeStatistics s) =>
    [
        ("trades", s.Trades), ("winRate", s.WinRate), ("expectancy", s.Expectancy), ("averageWin", s.AverageWin),
        ("averageLoss", s.AverageLoss), ("profitFactor", s.ProfitFactor),
    ];

    /// <summary><see cref="Main(TradeStatistics)"/>, streaks, extremes and excursions.</summary>
    public static IReadOnlyList<(string Key, double Value)> All(TradeStatistics s) =>
    [
        .. Main(s), ("payoff", s.Payoff), ("longestWinStreak", s.LongestWinStreak), ("longestLossStreak", s.LongestLossStreak),
        ("largestWin", s.LargestWin), ("largestLoss", s.LargestLoss), ("averageBars", s.AverageBars),
        ("averageAdverse", s.Excursions.AverageAdverse), ("worstAdverse", s.Excursions.WorstAdverse),
        ("averageFavourable", s.Excursions.AverageFavourable), ("bestFavourable", s.Excursions.BestFavourable), ("edgeRatio", s.Excursions.EdgeRatio),
    ];
}
