namespace Granary;

/// <summary>The keys of a batch's <c>strategies</c>.</summary>
public sealed record StrategyGrid
{
    /// <summary>A strategy of Granary by its name, or a class of this program: <c>StrategyClass.Of&lt;T&gt;()</c>.</summary>
    public required StrategyClass Class { get; init; }

    /// <summary>Values of the constructor's parameters by their names. A list makes a strategy of each combination.</summary>
    public Dictionary<string, Values>? Params { get; init; }

    /// <summary>The symbols that it trades; default: all of the data.</summary>
    public IReadOnlyList<string>? Symbols { get; init; }

    /// <summary>Timeframes of its bars, such as <c>4h</c>; default: that of the data.</summary>
    public IReadOnlyList<string>? Timeframe { get; init; }

    /// <summary>A word that begins the ids of these strategies.</summary>
    public string? Tag { get; init; }

    /// <summary>Says which combinations of parameters granary optimise tries, instead of a grid.</summary>
    public BatchSearch? Search { get; init; }

    /// <summary>Long, short, both; default <c>both</c>.</summary>
    public string? Sides { get; init; }

    /// <summary>One of units, percentOfEquity, cash, riskPercent (needs a stop).</summary>
    public BatchSize? Size { get; init; }

    /// <summary>Stop, from the entry's fill price.</summary>
    public double? StopLossPercent { get; init; }

    /// <summary>Target, from the entry's fill price.</summary>
    public double? TakeProfitPercent { get; init; }

    /// <summary>
    /// From the best price since the entry, its fill price included; it moves at the end of a bar and works from the next one on.
    /// </summary>
    public double? TrailingStopPercent { get; init; }

    /// <summary>
    /// Says what counts as the best price of a long trade: close, the best close; high, the highest high (the lowest low of a short trade).
    /// Of the bar in which an order filled after the open, only the close counts; default <c>close</c>.
    /// </summary>
    public string? TrailFrom { get; init; }

    /// <summary>False: only stop, target, trail or time close a trade; default <c>true</c>.</summary>
    public bool? ExitOnSignal { get; init; }

    /// <summary>Bars after which a trade closes at the next open; 0 = never; default <c>0</c>.</summary>
    public int? MaxBars { get; init; }

    /// <summary>Local time from which a trade closes at the next open, such as "15:55".</summary>
    public string? ExitAt { get; init; }

    /// <summary>Open trades on each side; default <c>1</c>.</summary>
    public int? MaxOpenTrades { get; init; }

    /// <summary>At most one entry per period and symbol, filled or not, such as "1d" (UTC; from 1d on trading days).</summary>
    public string? EntryEvery { get; init; }

    /// <summary>An entry expires so long after its bar's close: "30m", "4h", "2d"; it can fill in a bar that opens by then.</summary>
    public string? SignalValid { get; init; }

    /// <summary>
    /// Targets of parts of a trade instead of takeProfitPercent, nearest first: [{ "percent": 4, "share": 0.5 }, { "percent": 8 }]. percent
    /// counts from the entry's fill price. share is the part of the entered quantity, in whole lots; without it, all that is left.
    /// </summary>
    public IReadOnlyList<BatchTarget>? TakeProfit { get; init; }

    /// <summary>
    /// Targets that replace takeProfitPercent as a trade becomes older, oldest last: [{ "after": "40m", "percent": 2 }, { "after": "2h",
    /// "percent": 0 }]. after is the time from the open of the bar of entry to that of the current bar; a bar that opens beyond its target
    /// closes the trade at its open.
    /// </summary>
    public IReadOnlyList<BatchTargetStep>? TakeProfitOverTime { get; init; }

    /// <summary>Profit of the best price since the entry from which the trailing stop works; until then there is none.</summary>
    public double? TrailingStartPercent { get; init; }

    /// <summary>
    /// Stop instead of stopLossPercent, as a multiple of the average true range at the signal, from the entry's fill price.
    /// </summary>
    public double? StopLossAtr { get; init; }

    /// <summary>Target instead of takeProfitPercent, as a multiple of the average true range at the signal.</summary>
    public double? TakeProfitAtr { get; init; }

    /// <summary>Trailing stop instead of trailingStopPercent, as a multiple of the average true range at the signal.</summary>
    public double? TrailingStopAtr { get; init; }

    /// <summary>
    /// Bars of the average true range, the factor atr; a strategy with such a distance is first called when it has a value; default
    /// <c>14</c>.
    /// </summary>
    public int? AtrBars { get; init; }

    /// <summary>
    /// Order of entries for which the class names none: market; limit, better than the signal's close by the offset; stop, once the market
    /// has moved by the offset in the direction of the trade; close, at the next bar's close. It waits until it fills, until signalValid,
    /// or until the strategy leaves the side; default <c>market</c>.
    /// </summary>
    public string? EntryOrder { get; init; }

    /// <summary>Offset of a limit or stop entry from the signal's close; default <c>0</c>.</summary>
    public double? EntryOffsetPercent { get; init; }

    /// <summary>Offset instead of entryOffsetPercent, as a multiple of the average true range at the signal.</summary>
    public double? EntryOffsetAtr { get; init; }

    /// <summary>
    /// Orders that add to a position after an entry has filled: [{ "percent": 2, "share": 0.5 }]. Each is sent at the close of the bar of
    /// the fill: with percent above 0 a stop order in the direction of a gain, below 0 a limit order in that of a loss. Each becomes a
    /// trade of its own beyond maxOpenTrades, of share times the size, with the same stop and target from its own fill; those that wait are
    /// cancelled with the exit of the first trade, after a stop or target at the close of its bar.
    /// </summary>
    public IReadOnlyList<BatchScaleIn>? ScaleIn { get; init; }
}
