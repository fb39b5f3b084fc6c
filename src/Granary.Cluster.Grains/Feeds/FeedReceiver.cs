using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Receives a feed's blocks for one reader, each once and in order, one batch ahead. It reads on only when blocks are requested.
/// </summary>
/// <param name="instruments">Counts the blocks of strategies; null for other readers.</param>
internal sealed class FeedReceiver(BlockReader reader, int most, ClusterInstruments? instruments)
{
    public async IAsyncEnumerable<BarBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var flow = instruments is null ? null : new BlockFlow(instruments);
        // A few at first, so that processing starts before many blocks have crossed the network.
        var ahead = 1;
        var coming = reader.ReadAsync(0, ahead, isSilent: false, cancellationToken);
        while (true)
        {
            var batch = await coming;
            ahead = Math.Min(most, 4 * ahead);
            if (!batch.Last) coming = reader.ReadAsync(batch.From + batch.Blocks.Count, ahead, isSilent: false, cancellationToken);
            for (var i = 0; i < batch.Blocks.Count; i++) flow?.Arrived(batch.From + i);
            for (var i = 0; i < batch.Blocks.Count; i++)
            {
                yield return batch.Blocks[i];
                flow?.Processed(batch.From + i);
            }
            if (batch.Last) yield break;
        }
    }
}
