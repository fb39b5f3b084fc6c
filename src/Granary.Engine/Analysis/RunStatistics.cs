namespace Granary.Engine.Analysis;

/// <summary>The statistics of one strategy, or of the portfolio, under the names of results.json. Fractions, not percent; NaN where undefined.</summary>
public sealed record RunStatistics
{
    public required long Trades { get; init; }

    public required double WinRate { get; init; }

    /// <summary>Mean net profit of a trade, account currency.</summary>
    public required double Expectancy { get; init; }

    public required double AverageWin { get; init; }

    /// <summary>Negative.</summary>
    public required double AverageLoss { get; init; }

    public required double ProfitFactor { get; init; }

    public required double TotalReturn { get; init; }

    public required double Cagr { get; init; }

    public required double Volatility { get; init; }

    public required double Sharpe { get; init; }

    public required double Sortino { get; init; }

    public required double Calmar { get; init; }

    public required double MaxDrawdown { get; init; }

    public required double MaxDrawdownDays { get; init; }

    public required double MonthsProfitable { get; init; }

    public required double WeeksProfitable { get; init; }

    /// <summary>Share of bars at whose close something was held.</summary>
    public required double Exposure { get; init; }

    /// <summary>Account currency, all fills.</summary>
    public required double Commission { get; init; }

    /// <summary>Dividends received less those owed and what borrowed shares cost; account currency.</summary>
    public double Carry { get; init; }

    /// <summary>Against the batch's benchmark; null without one, and of strategies.</summary>
    public BenchmarkStatistics? Benchmark { get; init; }

    /// <summary>Exposure, and days in the market; of the portfolio, null of strategies.</summary>
    public AccountFigures? Account { get; init; }

    /// <summary>Bars that touched a trade's stop and target, and were decided by the path of smaller bars.</summary>
    public int IntrabarByPath { get; init; }

    /// <summary>Such bars that the batch's rule had to decide, where a path was asked for.</summary>
    public int IntrabarByRule { get; init; }

    public required double FinalEquity { get; init; }

    /// <summary>Nothing was left of the account, and it was closed: its return is −100 %, its volatility and ratios are undefined, and it ranks last.</summary>
    public bool IsRuined => FinalEquity <= 0;

    /// <summary>Net of commission, closed trades only; account currency.</summary>
    public required double NetProfit { get; init; }

    /// <summary>Per-bar returns behind the ratios.</summary>
    public required long Periods { get; init; }

    public required double PeriodsPerYear { get; init; }

    /// <summary>The probability that the Sharpe ratio is above what the best of all trials would show were they worthless; NaN until a batch has been judged.</summary>
    public double DeflatedSharpe { get; init; } = double.NaN;

    /// <summary>Of the choice among the batch's strategies, so of its portfolio only; NaN elsewhere.</summary>
    public double ProbabilityOfOverfitting { get; init; } = double.NaN;

    /// <summary>In the order in which they are written.</summary>
    public IReadOnlyList<(string Key, double Value)> Named() =>
    [
        ("trades", Trades), ("winRate", WinRate), ("expectancy", Expectancy), ("averageWin", AverageWin), ("averageLoss", AverageLoss),
        ("profitFactor", ProfitFactor), ("totalReturn", TotalReturn), ("cagr", Cagr), ("volatility", Volatility), ("sharpe", Sharpe),
        ("sortino", Sortino), ("calmar", Calmar), ("maxDrawdown", MaxDrawdown), ("maxDrawdownDays", MaxDrawdownDays),
        ("monthsProfitable", MonthsProfitable), ("weeksProfitable", WeeksProfitable), ("exposure", Exposure), ("commission", Commission),
        ("finalEquity", FinalEquity), ("netProfit", NetProfit), ("periods", Periods), ("periodsPerYear", PeriodsPerYear),
        ("deflatedSharpe", DeflatedSharpe), ("probabilityOfOverfitting", ProbabilityOfOverfitting),
        .. Benchmark is { } b
            ? (ReadOnlySpan<(string, double)>)[("trackingError", b.TrackingError), ("informationRatio", b.InformationRatio), ("beta", b.Beta), ("alpha", b.Alpha), ("correlation", b.Correlation), ("benchmarkReturn", b.BenchmarkReturn)]
            : [],
        .. Account is { } account ? account.Named() : [],
        .. Carry != 0 ? (ReadOnlySpan<(string, double)>)[("carry", Carry)] : [],
    ];

    /// <summary>Read back from their names; what is missing is undefined.</summary>
    public static RunStatistics FromNamed(IReadOnlyDictionary<string, double> values)
    {
        double Of(string key) => values.TryGetValue(key, out var value) ? value : double.NaN;
        long Count(string key) => values.TryGetValue(key, out var value) && double.IsFinite(value) ? (long)value : 0;
        return new RunStatistics
        {
            Trades = Count("trades"),
            WinRate = Of("winRate"),
            Expectancy = Of("expectancy"),
            AverageWin = Of("averageWin"),
            AverageLoss = Of("averageLoss"),
            ProfitFactor = Of("profitFactor"),
            TotalReturn = Of("totalReturn"),
            Cagr = Of("cagr"),
            Volatility = Of("volatility"),
            Sharpe = Of("sharpe"),
            Sortino = Of("sortino"),
            Calmar = Of("calmar"),
            MaxDrawdown = Of("maxDrawdown"),
            MaxDrawdownDays = Of("maxDrawdownDays"),
            MonthsProfitable = Of("monthsProfitable"),
            WeeksProfitable = Of("weeksProfitable"),
            Exposure = Of("exposure"),
            Commission = Of("commission"),
            Carry = values.GetValueOrDefault("carry"),
            FinalEquity = Of("finalEquity"),
            NetProfit = Of("netProfit"),
            Periods = Count("periods"),
            PeriodsPerYear = Of("periodsPerYear"),
            DeflatedSharpe = Of("deflatedSharpe"),
            ProbabilityOfOverfitting = Of("probabilityOfOverfitting"),
            Account = AccountFigures.FromNamed(values),
            Benchmark = values.ContainsKey("beta")
                ? new BenchmarkStatistics(0, Of("trackingError"), Of("informationRatio"), Of("beta"), Of("alpha"), Of("correlation"), Of("benchmarkReturn"))
                : null,
        };
    }

    /// <summary>From what a strategy run leaves. The first return is that of the first bar against the starting cash.</summary>
    public static RunStatistics Of(StrategyResult result, double periodsPerYear) => Of(result.Equity, result.Trades, periodsPerYear);

    /// <inheritdoc cref="Of(StrategyResult, double)"/>
    public static RunStatistics Of(EquitySums equity, TradeMeter trades, double periodsPerYear)
    {
        var n = (double)equity.Count;
        // What a ruined account earned on the way says nothing of what it was worth.
        var mean = equity.Final > 0 ? equity.SumOfReturns / n : double.NaN;
        var variance = (equity.SumOfSquares - equity.SumOfReturns * equity.SumOfReturns / n) / (n - 1);
        var deviation = variance > 0 ? Math.Sqrt(variance) : double.NaN;
        var downside = equity.SumOfSquaredLosses > 0 ? Math.Sqrt(equity.SumOfSquaredLosses / n) : double.NaN;
        var root = Math.Sqrt(periodsPerYear);
        var days = (equity.LastTime - equity.FirstTime) / (double)TimeSpan.TicksPerDay;
        var growth = equity.Final / equity.Start;
        var cagr = days > 0 && growth > 0 ? Math.Pow(growth, 365.25 / days) - 1 : growth <= 0 ? -1 : double.NaN;
        return new RunStatistics
        {
            Trades = trades.Trades,
            WinRate = Ratio(trades.Wins, trades.Trades),
            Expectancy = Ratio(trades.NetProfit, trades.Trades),
            AverageWin = Ratio(trades.GrossProfit, trades.Wins),
            AverageLoss = Ratio(-trades.GrossLoss, trades.Losses),
            ProfitFactor = Ratio(trades.GrossProfit, trades.GrossLoss),
            TotalReturn = growth - 1,
            Cagr = cagr,
            Volatility = equity.Count > 1 && equity.Final > 0 ? (variance > 0 ? deviation : 0) * root : double.NaN,
            Sharpe = mean / deviation * root,
            Sortino = mean / downside * root,
            Calmar = equity.Final > 0 ? Ratio(cagr, equity.MaxDrawdown) : double.NaN,
            MaxDrawdown = equity.MaxDrawdown,
            MaxDrawdownDays = equity.MaxDrawdownTicks / (double)TimeSpan.TicksPerDay,
            MonthsProfitable = Ratio(equity.MonthsUp, equity.Months),
            WeeksProfitable = Ratio(equity.WeeksUp, equity.Weeks),
            Exposure = Ratio(equity.ExposedBars, equity.Count),
            Commission = trades.Commission,
            Carry = trades.Carry,
            IntrabarByPath = trades.IntrabarByPath,
            IntrabarByRule = trades.IntrabarByRule,
            FinalEquity = equity.Final,
            NetProfit = trades.NetProfit,
            Periods = equity.Count,
            PeriodsPerYear = periodsPerYear,
        };
    }

    private static double Ratio(double a, double b) => b == 0 ? double.NaN : a / b;
}
