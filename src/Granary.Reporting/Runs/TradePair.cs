using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>How a trade of one run relates to the other run.</summary>
public enum TradeDifference
{
    /// <summary>Only the first run has a trade that this strategy entered at this time on this side.</summary>
    OnlyFirst,

    /// <summary>Only the second run has one.</summary>
    OnlySecond,

    /// <summary>Both entered, but quantity, prices, exit or costs differ.</summary>
    Changed,

    /// <summary>Both have it with the same figures.</summary>
    Same,
}

/// <summary>A trade of a strategy in two runs: the comparison that the page and the terminal show.</summary>
/// <param name="First">Null where only the second run has it.</param>
/// <param name="Second">Null where only the first run has it.</param>
public readonly record struct TradePair(string Strategy, TradeDifference Kind, Trade? First, Trade? Second)
{
    /// <summary>Whether both runs entered and left at the same times and prices, so that the size alone differs.</summary>
    public bool IsResized => First is { } a && Second is { } b && Kind == TradeDifference.Changed
        && a.EntryPrice == b.EntryPrice && a.ExitTime == b.ExitTime && a.ExitPrice == b.ExitPrice && a.Reason == b.Reason;

    public Trade Either => First ?? Second!.Value;

    /// <summary>The trade's symbol, where its strategy trades several; else empty.</summary>
    public string Symbol { get; init; } = "";

    /// <summary>
    /// Pairs a strategy's trades of two runs in the order of time. A trade is known by its symbol, and by when and to which side it was
    /// entered: its number shifts with every signal before it.
    /// </summary>
    /// <param name="strategy">In either run: equal ids have equal symbols.</param>
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

    /// <summary>Whether the trades of a strategy can be compared: each run that has it lists its trades.</summary>
    public static bool IsComparable(StrategyEntry? first, StrategyEntry? second) =>
        first?.HasListedTrades != false && second?.HasListedTrades != false;

    private static TradePair Both(string strategy, in Trade a, in Trade b) =>
        new(strategy, IsSame(a, b) ? TradeDifference.Same : TradeDifference.Changed, a, b);

    // A stable order, for several entries may share a time.
    private static List<Trade> Sorted(IEnumerable<Trade> trades) =>
        [.. trades.OrderBy(t => t.EntryTime).ThenBy(t => t.SymbolIndex).ThenBy(t => t.Side).ThenBy(t => t.Number)];

    private static int Order(in Trade a, in Trade b) => a.EntryTime != b.EntryTime ? a.EntryTime.CompareTo(b.EntryTime)
        : a.SymbolIndex != b.SymbolIndex ? a.SymbolIndex.CompareTo(b.SymbolIndex) : a.Side.CompareTo(b.Side);

    private static bool IsSame(in Trade a, in Trade b) =>
        a.Quantity == b.Quantity && a.EntryPrice == b.EntryPrice && a.ExitTime == b.ExitTime && a.ExitPrice == b.ExitPrice
        && a.Commission == b.Commission && a.Financing == b.Financing && a.Reason == b.Reason;
}
