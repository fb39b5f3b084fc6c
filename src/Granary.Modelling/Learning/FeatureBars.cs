using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>Input of a market's features: all bars of the market, and the closes of other symbols that the features read.</summary>
internal sealed class FeatureBars
{
    private readonly FeedPlan _feed;
    private readonly OpenedMarket _market;
    private readonly List<BarBlock> _blocks = [];
    private readonly Dictionary<BarBlock, IReadOnlyDictionary<string, double[]>> _closes = new(ReferenceEqualityComparer.Instance);

    private FeatureBars(FeedPlan feed, OpenedMarket market) => (_feed, _market) = (feed, market);

    public MarketSeries Series => new(_market.Instrument, _feed.Timeframe);

    /// <summary>Returns the other symbols that feature sets read, in their order.</summary>
    /// <param name="market">A feed of one symbol.</param>
    public static IReadOnlyList<string> ReferencesOf(FeedPlan market, IEnumerable<FeatureSet> sets)
    {
        var series = new MarketSeries(new Instrument { Symbol = market.Symbols[0] }, market.Timeframe);
        return [.. sets.SelectMany(s => s.ReferencesOn(series, market.Supply)).Select(r => r.Symbol).Distinct(StringComparer.Ordinal)];
    }

    /// <param name="feed">A feed of one symbol.</param>
    /// <param name="references">Other symbols whose closes the features read.</param>
    /// <param name="markets">Opened markets by symbol; must contain all of these symbols.</param>
    public static async Task<FeatureBars> ReadAsync(FeedPlan feed, IReadOnlyList<string> references,
        IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken)
    {
        var bars = new FeatureBars(feed, markets[feed.Symbols[0]]);
        await foreach (var (block, closes) in ReferredBlocks.ReadAsync([feed.Symbols[0], .. references], feed.Timeframe, markets,
            cancellationToken))
        {
            bars._blocks.Add(block);
            if (closes is not null) bars._closes.Add(block, closes);
        }
        return bars;
    }

    /// <summary>Computes the features of every bar; one table per set.</summary>
    /// <param name="memory">See <see cref="FeatureTable"/>.</param>
    /// <exception cref="InputException">A feature reads a symbol whose closes were not read.</exception>
    public IReadOnlyList<FeatureTable> Tables(IReadOnlyList<FeatureSet> sets, FactorMemory? memory = null) =>
        FeatureTable.Compute(Series, _blocks, sets, _closes.Count > 0 ? block => _closes[block] : null, _feed.Supply, memory);

    /// <summary>Computes a feature set bar by bar, as a live session does: no later bar exists when a bar is computed.</summary>
    public FeatureTable BarByBar(FeatureSet set)
    {
        IReadOnlyDictionary<string, double[]>? closes = null;
        return FeatureTable.Compute(Series, Bars(), set, _closes.Count > 0 ? _ => closes! : null, _feed.Supply);

        IEnumerable<BarBlock> Bars()
        {
            foreach (var block in _blocks)
                for (var i = 0; i < block.Count; i++)
                {
                    if (_closes.TryGetValue(block, out var columns))
                        closes = columns.ToDictionary(c => c.Key, c => new[] { c.Value[i] }, StringComparer.Ordinal);
                    yield return block.Slice(i, 1);
                }
        }
    }

    /// <summary>Returns the first bars, with the closes of the other symbols known at each bar.</summary>
    /// <param name="most">Maximum number of bars.</param>
    public ReferredBlock First(int most)
    {
        if (_closes.Count == 0) return new ReferredBlock(_blocks[0].Slice(0, Math.Min(most, _blocks[0].Count)), null);
        var bars = new List<Bar>();
        var closes = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (var b = 0; b < _blocks.Count && bars.Count < most; b++)
        {
            var taken = Math.Min(_blocks[b].Count, most - bars.Count);
            for (var i = 0; i < taken; i++) bars.Add(_blocks[b][i]);
            foreach (var (symbol, column) in _closes[_blocks[b]])
                closes[symbol] = [.. closes.GetValueOrDefault(symbol, []), .. column.AsSpan(0, taken)];
        }
        return new ReferredBlock(BarBlock.FromBars(0, [.. bars]), closes);
    }
}
