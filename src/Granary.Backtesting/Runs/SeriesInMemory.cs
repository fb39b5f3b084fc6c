using System.Runtime.CompilerServices;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>A series whose bars were read once and stay in memory, for the many passes of a search.</summary>
internal sealed class SeriesInMemory : SeriesWrapper
{
    // About 200 MB.
    private const long MostBars = 4_000_000;

    private readonly List<BarBlock> _blocks;

    private SeriesInMemory(IBarSeries series, List<BarBlock> blocks) : base(series, disposes: false) => _blocks = blocks;

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
            kept[symbol] = market with { Series = new SeriesInMemory(market.Series, blocks) };
        }
        return kept;
    }

    private const int DefaultBlockSize = IBarSeries.DefaultBlockSize;

    public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var block in Cut(_blocks, blockSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return block;
        }
    }
}
