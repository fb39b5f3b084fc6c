namespace Granary.Contracts.Runs;

/// <summary>Figures of a run that its report draws. Fractions are not percent; an undefined figure is null.</summary>
/// <param name="Benchmark">null without a benchmark.</param>
/// <param name="Rolling">The portfolio's rolling figures; null if its equity never changed or the run is too short.</param>
/// <param name="Returns">The portfolio's returns; null if its equity never changed or the run is too short.</param>
/// <param name="Trades">null without closed trades.</param>
/// <param name="Correlation">null if fewer than two strategies earned or lost anything.</param>
public sealed record RunAnalysis(BenchmarkLine? Benchmark, RollingFigures? Rolling, ReturnDistribution? Returns,
    TradeExcursions? Trades, StrategyCorrelation? Correlation);

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
/// <param name="Volatility">Annualised.</param>
public sealed record RollingFigures(int Window, string Period, IReadOnlyList<DateTime> Times, IReadOnlyList<double?> Return,
    IReadOnlyList<double?> Sharpe, IReadOnlyList<double?> Volatility);

/// <summary>How often values fell into bins of equal width. The outermost bins also have the values beyond them.</summary>
/// <param name="Edges">The limits of the bins, ascending; one more than there are bins.</param>
public sealed record ValueBins(IReadOnlyList<double> Edges, IReadOnlyList<int> Counts);

/// <summary>The distribution of the portfolio's returns.</summary>
/// <param name="Period">The period of one return: day, hour, week, …</param>
/// <param name="InMarket">Returns of the periods in which a position was held.</param>
/// <param name="Rows">One row for all periods, and one for the periods in the market if these are fewer.</param>
public sealed record ReturnDistribution(string Period, ValueBins InMarket, IReadOnlyList<ReturnRow> Rows);

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
public sealed record TradeExcursions(bool OfPortfolio, long Trades, ValueBins Returns, IReadOnlyList<TradePoint> Points,
    IReadOnlyList<ExcursionRow> Rows, double? EdgeRatio);

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
