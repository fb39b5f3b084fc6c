using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Granary.Storage.Retries;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>A feed could not go on.</summary>
/// <param name="mayPass">Whether trying again elsewhere or later may help.</param>
internal sealed class FeedFaultException(string message, bool mayPass) : Exception(message)
{
    public bool MayPass => mayPass;
}

/// <summary>Receives a feed's blocks for one cohort, each once and in order, a batch ahead of those who walk them: they hold it back by not asking.</summary>
internal sealed class FeedReceiver(IGrainFactory grains, string feed, string hash, int most, ClusterInstruments instruments)
{
    private readonly Guid _receiver = Guid.NewGuid();

    public async IAsyncEnumerable<BarBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var flow = new BlockFlow(instruments);
        // A few at first, so that nobody waits for many to cross the wire before the first is walked.
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
                flow.Walked(batch.From + i);
            }
            if (batch.Last) yield break;
        }
    }

    // The feed may be lost with its silo; asked again, it comes back elsewhere and reads on from there.
    private Task<BlockBatch> AskAsync(long from, int count, CancellationToken cancellationToken) => RetryPolicies.LostCall(Loss.Is).RunAsync(
        stop => grains.GetGrain<ISymbolFeedGrain>(feed).ReadAsync(new BlockRequest(_receiver, from, count, hash)).WaitAsync(TimeSpan.FromSeconds(30), stop), cancellationToken);
}
