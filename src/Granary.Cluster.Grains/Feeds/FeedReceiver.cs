using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Granary.Storage.Retries;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>A feed failed.</summary>
/// <param name="mayPass">Whether a retry on another silo or later may succeed.</param>
internal sealed class FeedFaultException(string message, bool mayPass) : Exception(message)
{
    public bool MayPass => mayPass;
}

/// <summary>
/// Receives a feed's blocks for one group, each once and in order, one batch ahead. It reads on only when blocks are requested.
/// </summary>
internal sealed class FeedReceiver(IGrainFactory grains, string feed, string hash, int most, ClusterInstruments instruments)
{
    private readonly Guid _receiver = Guid.NewGuid();

    public async IAsyncEnumerable<BarBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var flow = new BlockFlow(instruments);
        // A few at first, so that processing starts before many blocks have crossed the network.
        var ahead = 1;
        var coming = AskAsync(0, ahead, cancellationToken);
        while (true)
        {
            var batch = await coming;
            if (batch.Fault is { } fault) throw new FeedFaultException(fault, batch.MayPass);
            ahead = Math.Min(most, 4 * ahead);
            if (!batch.Last) coming = AskAsync(batch.From + batch.Blocks.Count, ahead, cancellationToken);
            for (var i = 0; i < batch.Blocks.Count; i++) flow.Arrived(batch.From + i);
            for (var i = 0; i < batch.Blocks.Count; i++)
            {
                yield return batch.Blocks[i];
                flow.Processed(batch.From + i);
            }
            if (batch.Last) yield break;
        }
    }

    // The feed may be lost with its silo; the next call restarts it on another one.
    private Task<BlockBatch> AskAsync(long from, int count, CancellationToken cancellationToken) =>
        RetryPolicies.LostCall(Loss.Is).RunAsync(
        stop => grains.GetGrain<ISymbolFeedGrain>(feed).ReadAsync(new BlockRequest(_receiver, from, count, hash))
            .WaitAsync(TimeSpan.FromSeconds(30), stop), cancellationToken);
}
