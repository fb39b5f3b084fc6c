using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Bars of a symbol at one timeframe, as a portfolio reads them.</summary>
internal sealed record MarketBars(string Symbol, Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)
{
    /// <summary>Returns the bars that some strategies trade, by symbol, then timeframe.</summary>
    /// <param name="barsOf">Returns all bars of a symbol.</param>
    public static IReadOnlyList<MarketBars> Of(IEnumerable<StrategyInstance> strategies, Func<string, IBarSeries> barsOf) =>
    [
        .. strategies.SelectMany(i => i.Symbols.Select(s => (Symbol: s, i.Timeframe))).Distinct()
            .OrderBy(x => x.Symbol, StringComparer.Ordinal).ThenBy(x => x.Timeframe.Ticks)
            .Select(x => new MarketBars(x.Symbol, x.Timeframe,
                FeedBlocks.ReadAsync(barsOf(x.Symbol), x.Timeframe, IBarSeries.DefaultBlockSize))),
    ];
}
