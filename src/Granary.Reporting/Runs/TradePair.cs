using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>Relation of a trade of one run to the other run.</summary>
internal enum TradeDifference
{
    /// <summary>Only the first run has a trade of this strategy with this entry time and side.</summary>
    OnlyFirst,

    /// <summary>Only the second run has such a trade.</summary>
    OnlySecond,

    /// <summary>Both runs have the trade, but quantity, prices, exit or costs differ.</summary>
    Changed,

    /// <summary>Both runs have the trade with the same figures.</summary>
    Same,
}

/// <summary>A trade of a strategy in two runs, for the comparison on the page and in the terminal.</summary>
/// <param name="First">The trade in the first run; null if only the second run has it.</param>
/// <param name="Second">The trade in the second run; null if only the first run has it.</param>
internal readonly record struct TradePair(string Strategy, TradeDifference Kind, Trade? First, Trade? Second)
{
    /// <summary>Whether only the size differs, with the same times and prices of entry and exit.</summary>
    public bool IsResized => First is { } a && Second is { } b && Kind == TradeDifference.Changed
        && a.EntryPrice == b.EntryPrice && a.ExitTime == b.ExitTime && a.ExitPrice == b.ExitPrice && a.Reason == b.Reason;

    public Trade Either => First ?? Second!.Value;

    /// <summary>The trade's symbol if its strategy trades several; otherwise empty.</summary>
    public string Symbol { get; init; } = "";

    /// <summary>
    /// Matches a strategy's trades of two runs, ordered by time. A trade is identified by symbol, entry time and side, because its number
    /// changes with every earlier signal.
    /// </summary>
    /// <param name="strategy">The strategy in either run; equal ids have equal symbols.</param>
    public static IEnumerable<TradePair> Of(StrategyEntry strategy, IEnumerable<Trade> first, IEnumerable<Trade> second)
    {
        var (own, other) = (Sorted(first), Sorted(second));
        int i = 0, j = 0;
        while (i < own.Count || j < other.Count)
        {
            var order = i == own.Count ? 1 : j == other.Count ? -1 : Order(own[i], other[j]);
            var pair = order < 0 ? new TradePair(strategy.Id, TradeDifference.OnlyFirst, own[i++], null)
                : order > 0 ? new TradePair(strategy.Id, TradeDifference.OnlySecond, null, other[j++])
                : Both(strategy.Id, own[i++], other[j++]);
            yield return strategy.Symbols is null ? pair : pair with { Symbol = strategy.SymbolOf(pair.Either) };
        }
    }

    /// <summary>Whether the trades of a strategy can be compared: each run that has the strategy lists its trades.</summary>
    public static bool IsComparable(StrategyEntry? first, StrategyEntry? second) =>
        first?.HasListedTrades != false && second?.HasListedTrades != false;

    private static TradePair Both(string strategy, in Trade a, in Trade b) =>
        new(strategy, IsSame(a, b) ? TradeDifference.Same : TradeDifference.Changed, a, b);

    // A stable sort, because several entries may have the same time.
    private static List<Trade> Sorted(IEnumerable<Trade> trades) =>
        [.. trades.OrderBy(t => t.EntryTime).ThenBy(t => t.SymbolIndex).ThenBy(t => t.Side).ThenBy(t => t.Number)];

    private static int Order(in Trade a, in Trade b) => a.EntryTime != b.EntryTime ? a.EntryTime.CompareTo(b.EntryTime)
        : a.SymbolIndex != b.SymbolIndex ? a.SymbolIndex.CompareTo(b.SymbolIndex) : a.Side.CompareTo(b.Side);

    private static bool IsSame(in Trade a, in Trade b) =>
        a.Quantity == b.Quantity && a.EntryPrice == b.EntryPrice && a.ExitTime == b.ExitTime && a.ExitPrice == b.ExitPrice
        && a.Commission == b.Commission && a.Financing == b.Financing && a.Reason == b.Reason;
}
