namespace Granary;

/// <summary>The keys of a batch's <c>walkForward</c>.</summary>
public sealed record BatchWalkForward
{
    /// <summary>Length of the in-sample period: 30d, 13w, 3mo, 1y, or a number of bars, 500bars.</summary>
    public string? InSample { get; init; }

    /// <summary>Length of the out-of-sample period in which a choice trades, also in bars.</summary>
    public string? OutOfSample { get; init; }

    /// <summary>
    /// Time or bars between the end of the in-sample period and the out-of-sample period, which neither uses, so that what is learnt from
    /// the last bars does not know the first ones that are traded: 5d, 20bars.
    /// </summary>
    public string? Gap { get; init; }

    /// <summary>Rolling, or anchored: in-sample periods start at the first bar and grow; default <c>rolling</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>
    /// A statistic of results.json (metrics says which values are better); a leading - makes the least value the best, a leading + the
    /// greatest. Or an expression of statistics with + - * / and parentheses, whose greatest value is the best: sharpe - 0.5 * maxDrawdown;
    /// default <c>sharpe</c>.
    /// </summary>
    public string? Objective { get; init; }

    /// <summary>
    /// Says what one is chosen from: parameters, the combinations of each class on each market; market, all strategies of each market;
    /// batch, all strategies; default <c>parameters</c>.
    /// </summary>
    public string? Choose { get; init; }

    /// <summary>Bars before a window that only warm up factors; default <c>300</c>.</summary>
    public int? WarmUp { get; init; }

    /// <summary>Fewest closed trades in a window for a combination to be chosen; default <c>0</c>.</summary>
    public int? MinTrades { get; init; }
}
