using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>A series that passes on another one. A derived class overrides what it changes.</summary>
/// <param name="inner">The other series.</param>
/// <param name="disposes">Whether disposing of this series disposes of the other one.</param>
internal abstract class SeriesWrapper(IBarSeries inner, bool disposes) : IBarSeries
{
    /// <summary>The other series.</summary>
    public IBarSeries Inner => inner;

    // Not cached: the number of price decimals is final only after the first block is read.
    public virtual Instrument Instrument => inner.Instrument;

    public Timeframe Timeframe => inner.Timeframe;

    public virtual long Count => inner.Count;

    public virtual IReadOnlyList<string> Columns => inner.Columns;

    public virtual string ContentHash => inner.ContentHash;

    public virtual IReadOnlyList<string> Notes => inner.Notes;

    public virtual IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        CancellationToken cancellationToken = default) => inner.ReadAsync(blockSize, cancellationToken);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return disposes ? inner.DisposeAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Returns blocks in memory, cut to a size.</summary>
    protected static IEnumerable<BarBlock> Cut(IEnumerable<BarBlock> blocks, int blockSize)
    {
        foreach (var block in blocks)
        {
            if (block.Count <= blockSize)
            {
                yield return block;
                continue;
            }
            for (var at = 0; at < block.Count; at += blockSize) yield return block.Slice(at, Math.Min(blockSize, block.Count - at));
        }
    }
}
