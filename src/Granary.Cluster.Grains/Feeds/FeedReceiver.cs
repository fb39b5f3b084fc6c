using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Receives a feed's blocks for one reader, each once and in order, one batch ahead. It reads on only when blocks are requested.
/// </summary>
/// <param name="instruments">Counts the blocks of strategies; null for other readers.</param>
internal sealed class FeedReceiver(IGrainFactory grains, string feed, FeedConsumer consumer, string hash, int most,
    ClusterInstruments? instruments)
{
    private static readonly ResiliencePipeline s_lostCall = RetryPolicies.LostCall(Loss.Is);

    private readonly FeedConsumer _reader = consumer with { Receiver = Guid.NewGuid() };

    public async IAsyncEnumerable<BarBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var flow = instruments is null ? null : new BlockFlow(instruments);
        // A few at first, so that processing starts before many blocks have crossed the network.
        var ahead = 1;
        var coming = AskAsync(0, ahead, cancellationToken);
        try
        {
            while (true)
            {
                var batch = await coming;
                if (batch.Fault is { } fault) throw FeedFault.Of(fault, batch.MayPass);
                ahead = Math.Min(most, 4 * ahead);
                if (!batch.Last) coming = AskAsync(batch.From + batch.Blocks.Count, ahead, cancellationToken);
                for (var i = 0; i < batch.Blocks.Count; i++) flow?.Arrived(batch.From + i);
                for (var i = 0; i < batch.Blocks.Count; i++)
                {
                    yield return batch.Blocks[i];
                    flow?.Processed(batch.From + i);
                }
                if (batch.Last) yield break;
            }
        }
        finally
        {
            _ = FeedSeries.LeaveAsync(grains.GetGrain<ISymbolFeedGrain>(feed), _reader.Receiver);
        }
    }

    private Task<BlockBatch> AskAsync(long from, int count, CancellationToken cancellationToken) =>
        AskAsync(grains.GetGrain<ISymbolFeedGrain>(feed), new BlockRequest(_reader.Receiver, from, count, hash, _reader),
            cancellationToken);

    /// <summary>Requests blocks. The feed may be lost with its silo; the next call opens it on another one.</summary>
    /// <exception cref="BarStoreException">The feed does not answer.</exception>
    internal static async Task<BlockBatch> AskAsync(ISymbolFeedGrain feed, BlockRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await s_lostCall.RunAsync(stop => Timed.CallAsync(late => feed.ReadAsync(request, late), TimeSpan.FromSeconds(30), stop),
                cancellationToken);
        }
        catch (Exception e) when (Loss.Is(e))
        {
            throw new BarStoreException($"the feed {feed.GetPrimaryKeyString()} does not answer: {e.Message}", e);
        }
    }
}
