using System.Runtime.CompilerServices;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>A series whose bars are kept in memory after the first reading, so windows can be cut from it.</summary>
internal sealed class CachedSeries
{
    private readonly IBarSeries _series;
    private readonly List<BarBlock> _blocks;

    private CachedSeries(OpenedMarket market, List<BarBlock> blocks) =>
        (_series, _blocks, Symbol, Instrument, HasEnded) = (market.Series, blocks, market.Symbol, market.Instrument, market.HasEnded);

    public static async Task<CachedSeries> ReadAsync(OpenedMarket market, CancellationToken cancellationToken)
    {
        var blocks = new List<BarBlock>();
        await foreach (var block in market.Series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken)) blocks.Add(block);
        return new CachedSeries(market, blocks);
    }

    public string Symbol { get; }

    public Instrument Instrument { get; }

    public IReadOnlyList<BarBlock> Blocks => _blocks;

    /// <summary>Whether its bars end before the bars of the batch's other markets.</summary>
    public bool HasEnded { get; }

    /// <summary>The market with all of its bars.</summary>
    public OpenedMarket Market => new(Symbol, Whole, Instrument) { HasEnded = HasEnded };

    /// <summary>All bars.</summary>
    public IBarSeries Whole => new Window(_series, _blocks);

    /// <summary>Returns the bars in [from, to), UTC ticks, with additional bars before and after them.</summary>
    public IBarSeries Cut(long from, long to, int warmUp, long after = 0)
    {
        var (start, end) = (Math.Max(0, IndexOf(from) - warmUp), IndexOf(to) + after);
        var cut = new List<BarBlock>();
        long count = 0;
        foreach (var block in _blocks)
        {
            var (a, b) = (Math.Max(start, block.FirstIndex), Math.Min(end, block.FirstIndex + block.Count));
            if (a >= b) continue;
            var part = b - a == block.Count ? block : block.Slice((int)(a - block.FirstIndex), (int)(b - a));
            cut.Add(part.Renumbered(count));
            count += part.Count;
        }
        return new Window(_series, cut);
    }

    private long IndexOf(long time)
    {
        foreach (var block in _blocks)
        {
            if (block.Time[^1] < time) continue;
            var at = block.Time.BinarySearch(time);
            return block.FirstIndex + (at < 0 ? ~at : at);
        }
        return _blocks.Count == 0 ? 0 : _blocks[^1].FirstIndex + _blocks[^1].Count;
    }

    private sealed class Window(IBarSeries series, List<BarBlock> blocks) : SeriesWrapper(series, disposes: false)
    {
        public override long Count { get; } = blocks.Sum(b => (long)b.Count);

        // Returns the cached blocks; readers do not depend on their size.
        public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            foreach (var block in Cut(blocks, blockSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return block;
            }
        }
    }
}
