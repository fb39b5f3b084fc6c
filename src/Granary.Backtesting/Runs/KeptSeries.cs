using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>A series whose bars were read once and stay in memory, for the many passes of a search.</summary>
internal sealed class KeptSeries : IBarSeries
{
    // About 200 MB.
    private const long MostBars = 4_000_000;

    private readonly IBarSeries _series;
    private readonly List<BarBlock> _blocks;

    private KeptSeries(IBarSeries series, List<BarBlock> blocks) => (_series, _blocks) = (series, blocks);

    /// <summary>Returns the markets with their bars in memory; the markets themselves if the bars are too many.</summary>
    public static async Task<IReadOnlyDictionary<string, OpenedMarket>> OfAsync(IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken)
    {
        if (markets.Values.Sum(m => m.Series.Count) > MostBars) return markets;
        var kept = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var (symbol, market) in markets)
        {
            var blocks = new List<BarBlock>();
            await foreach (var block in market.Series.ReadAsync(DefaultBlockSize, cancellationToken)) blocks.Add(block);
            kept[symbol] = market with { Series = new KeptSeries(market.Series, blocks) };
        }
        return kept;
    }

    private const int DefaultBlockSize = IBarSeries.DefaultBlockSize;

    public Instrument Instrument => _series.Instrument;

    public Timeframe Timeframe => _series.Timeframe;

    public long Count => _series.Count;

    public IReadOnlyList<string> Columns => _series.Columns;

    public string ContentHash => _series.ContentHash;

    public IReadOnlyList<string> Notes => _series.Notes;

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var block in _blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var at = 0; at < block.Count; at += blockSize)
                yield return block.Count <= blockSize ? block : block.Slice(at, Math.Min(blockSize, block.Count - at));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
