namespace Granary.Contracts.Runs;

/// <summary>Figures of a run that its report draws. Fractions are not percent; an undefined figure is null.</summary>
/// <param name="Benchmark">null without a benchmark.</param>
/// <param name="Rolling">The portfolio's rolling figures; null if its equity never changed or the run is too short.</param>
/// <param name="Returns">The portfolio's returns; null if its equity never changed or the run is too short.</param>
/// <param name="Drawdowns">The portfolio's deepest drawdowns, deepest first, at most ten.</param>
/// <param name="Trades">null without closed trades.</param>
/// <param name="Correlation">null if fewer than two strategies earned or lost anything.</param>
public sealed record RunAnalysis(BenchmarkLine? Benchmark, RollingFigures? Rolling, ReturnDistribution? Returns,
    IReadOnlyList<DrawdownSpan> Drawdowns, TradeExcursions? Trades, StrategyCorrelation? Correlation);

/// <summary>The benchmark, scaled to the portfolio's equity at the first time that both have.</summary>
/// <param name="Times">UTC.</param>
/// <param name="Values">Account currency, one for each time.</param>
public sealed record BenchmarkLine(string Name, IReadOnlyList<DateTime> Times, IReadOnlyList<double> Values);

/// <summary>Figures of the portfolio over a moving window of returns, one of each for each time.</summary>
/// <param name="Window">How many returns a window has.</param>
/// <param name="Period">The period of one return: day, hour, week, …</param>
/// <param name="Times">The end of each window, UTC.</param>
/// <param name="Return">Return over the whole window.</param>
/// <param name="Sharpe">Annualised.</param>
/// <param name="Sortino">Annualised; null in a window without a loss.</param>
/// <param name="Volatility">Annualised.</param>
/// <param name="Beta">Beta to the benchmark, null at times that it does not have; null without a benchmark.</param>
public sealed record RollingFigures(int Window, string Period, IReadOnlyList<DateTime> Times, IReadOnlyList<double?> Return,
    IReadOnlyList<double?> Sharpe, IReadOnlyList<double?> Sortino, IReadOnlyList<double?> Volatility, IReadOnlyList<double?>? Beta);

/// <summary>A fall of the equity below a peak.</summary>
/// <param name="Depth">A fraction of the peak; positive.</param>
/// <param name="Peak">UTC.</param>
/// <param name="Trough">UTC, of the lowest equity.</param>
/// <param name="Recovery">UTC, of the first equity at or above the peak's; null: not yet.</param>
/// <param name="Days">Calendar days from the peak to the recovery, or to the end of the run.</param>
public sealed record DrawdownSpan(double Depth, DateTime Peak, DateTime Trough, DateTime? Recovery, double Days);

/// <summary>How often values fell into bins of equal width. The outermost bins also have the values beyond them.</summary>
/// <param name="Edges">The limits of the bins, ascending; one more than there are bins.</param>
public sealed record ValueBins(IReadOnlyList<double> Edges, IReadOnlyList<int> Counts);

/// <summary>The distribution of the portfolio's returns.</summary>
/// <param name="Period">The period of one return: day, hour, week, …</param>
/// <param name="InMarket">Returns of the periods in which a position was held.</param>
/// <param name="Rows">One row for all periods, and one for the periods in the market if these are fewer.</param>
/// <param name="Spans">The returns of longer and longer spans: of the period itself, of weeks, months, quarters and years.</param>
public sealed record ReturnDistribution(string Period, ValueBins InMarket, IReadOnlyList<ReturnRow> Rows,
    IReadOnlyList<SpanReturns> Spans);

/// <summary>The returns of all spans of one length, such as calendar months (UTC).</summary>
/// <param name="Span">The length: day, week, month, quarter, year, or the period of the returns.</param>
/// <param name="Gains">The share of spans with a gain.</param>
/// <param name="LowerQuartile">A quarter of the returns is below it; linear interpolation.</param>
/// <param name="UpperQuartile">A quarter of the returns is above it; linear interpolation.</param>
public sealed record SpanReturns(string Span, int Count, double Gains, double Mean, double Worst, double LowerQuartile, double Median,
    double UpperQuartile, double Best);

/// <summary>Returns in figures.</summary>
public sealed record ReturnRow
{
    /// <summary>Whether the row counts only periods in which a position was held.</summary>
    public required bool InMarket { get; init; }

    public required int Count { get; init; }

    /// <summary>The share of periods with a gain.</summary>
    public required double Gains { get; init; }

    /// <summary>The share of periods with a loss.</summary>
    public required double Losses { get; init; }

    /// <summary>The loss that one period in twenty exceeds; positive.</summary>
    public required double Var95 { get; init; }

    /// <summary>The mean of those losses; positive.</summary>
    public required double Cvar95 { get; init; }

    /// <summary>The loss that one period in a hundred exceeds; positive.</summary>
    public required double Var99 { get; init; }

    /// <summary>The mean of those losses; positive.</summary>
    public required double Cvar99 { get; init; }

    public required double Worst { get; init; }

    public required double Median { get; init; }

    public required double Best { get; init; }
}

/// <summary>Closed trades: their net returns, and how far the price moved against them and in their favour.</summary>
/// <param name="OfPortfolio">Whether they are the portfolio's; otherwise the strategies' own, each in its own account.</param>
/// <param name="Trades">How many there are; <paramref name="Points"/> is an even sample if there are many.</param>
/// <param name="Returns">Net returns of all of them.</param>
/// <param name="EdgeRatio">Mean favourable over mean adverse excursion.</param>
/// <param name="Groups">All of them by side, by exit, by symbol and by class of the strategy.</param>
public sealed record TradeExcursions(bool OfPortfolio, long Trades, ValueBins Returns, IReadOnlyList<TradePoint> Points,
    IReadOnlyList<ExcursionRow> Rows, double? EdgeRatio, IReadOnlyList<TradeGroupRow> Groups);

/// <summary>Closed trades with a common property.</summary>
/// <param name="By">The property: side, exitReason, symbol or class.</param>
/// <param name="Value">Its value, as the files of the run have it.</param>
/// <param name="WinRate">The share of trades with a net profit.</param>
/// <param name="ProfitFactor">Net wins over net losses; null without a loss.</param>
/// <param name="AverageReturn">Mean net return on the notional at entry.</param>
/// <param name="AverageBars">Mean number of bars held.</param>
/// <param name="NetProfit">Account currency.</param>
public sealed record TradeGroupRow(string By, string Value, long Trades, double? WinRate, double? ProfitFactor, double? AverageReturn,
    double? AverageBars, double NetProfit);

/// <summary>A closed trade.</summary>
/// <param name="Adverse">Largest price move against the trade, a fraction of the entry price; positive.</param>
/// <param name="Favourable">Largest price move in the trade's favour, a fraction of the entry price; positive.</param>
/// <param name="Return">Net return on the notional at entry.</param>
public sealed record TradePoint(double Adverse, double Favourable, double Return);

/// <summary>Mean excursions of trades.</summary>
/// <param name="Of">all, wins or losses.</param>
public sealed record ExcursionRow(string Of, double? Adverse, double? Favourable);

/// <summary>Correlation of the returns of strategies, each in its own account.</summary>
/// <param name="Period">The period of one return, in words.</param>
/// <param name="Mean">Mean correlation of all pairs.</param>
/// <param name="Strategies">The strategies whose equity changed most, at most 16.</param>
/// <param name="Values">A row for each strategy; null with too few common periods.</param>
public sealed record StrategyCorrelation(string Period, double? Mean, IReadOnlyList<string> Strategies,
    IReadOnlyList<IReadOnlyList<double?>> Values);
