using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>A market whose bars come from its feed grain. The feed stays open until this is disposed of.</summary>
internal sealed class FeedSeries(FeedSources sources, string key, ISymbolFeedGrain feed, FeedConsumer consumer, FeedHeader header,
    Timeframe timeframe) : IBarSeries
{
    private int _left;

    public Instrument Instrument => header.Instrument!;

    public Timeframe Timeframe => timeframe;

    public long Count => header.Count;

    public IReadOnlyList<string> Columns => header.Columns ?? [];

    public string ContentHash => header.ContentHash;

    public IReadOnlyList<string> Notes => header.Notes ?? [];

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var blocks = sources.Windows.ReadAsync(key, consumer, header.ContentHash, cancellationToken);
        await foreach (var block in blockSize == sources.BlockSize ? blocks : Cut(blocks, blockSize)) yield return block;
    }

    private static async IAsyncEnumerable<BarBlock> Cut(IAsyncEnumerable<BarBlock> blocks, int size)
    {
        var bars = new List<Bar>(size);
        long first = 0;
        await foreach (var block in blocks)
        {
            for (var i = 0; i < block.Count; i++)
            {
                bars.Add(block[i]);
                if (bars.Count == size) yield return Take();
            }
        }
        if (bars.Count > 0) yield return Take();

        BarBlock Take()
        {
            var taken = BarBlock.FromBars(first, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bars));
            first += bars.Count;
            bars.Clear();
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0) await LeaveAsync(feed, consumer.Receiver, sources.Windows.Clock);
    }

    /// <summary>Removes a reader from its feed. Without this call, the feed removes it after a time.</summary>
    internal static async Task LeaveAsync(ISymbolFeedGrain feed, Guid receiver, TimeProvider clock)
    {
        try
        {
            using var untraced = new Untraced();
            await feed.LeaveAsync(receiver).WaitAsync(TimeSpan.FromSeconds(5), clock);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
        }
    }
}
