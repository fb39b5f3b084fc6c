using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Feeds;

/// <summary>Statistics of a finished replay.</summary>
/// <param name="Bars">Number of published bars of all markets.</param>
/// <param name="Timestamps">Number of timestamps with bars, or of ranges of timestamps in which no order was waiting.</param>
/// <param name="Last">Last published close, UTC ticks.</param>
internal sealed record ReplayOutcome(int Markets, long Bars, long Timestamps, long Last, IReadOnlyList<string> Notes);

/// <summary>Implements <c>granary replay</c>: publishes a batch's bars in chronological order.</summary>
internal static class ReplayBatch
{
    /// <summary>Opens a batch's markets as a feed.</summary>
    /// <param name="blockSize">See <see cref="BarReplay.OpenAsync"/>.</param>
    public static async Task<BarReplay> OpenAsync(BatchSpec spec, ReplaySpeed speed, TimeProvider clock, int blockSize,
        CancellationToken cancellationToken = default)
    {
        var source = Batches.BatchSources.Open(spec.Catalogues, spec.Data);
        var symbols = await Batches.BatchSources.SymbolsAsync(source, spec.Data, cancellationToken);
        return await BarReplay.OpenAsync(source,
            [.. symbols.Select(s => new BarQuery(s, spec.Data.Timeframe, spec.Data.From, spec.Data.To))], speed, clock, blockSize,
            cancellationToken);
    }

    /// <summary>Publishes all bars of a replay.</summary>
    /// <param name="progress">Called at each heartbeat with the number of bars so far and the last close.</param>
    /// <exception cref="BarStoreException">The source or the target failed.</exception>
    public static async Task<ReplayOutcome> RunAsync(BarReplay replay, IFeedSink sink, Action<long, long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        long bars = 0, timestamps = 0;
        await foreach (var item in replay.ReadAsync(cancellationToken))
        {
            await sink.PublishAsync(replay.Series, item, cancellationToken);
            if (item.Bars is { } block) bars += block.Count;
            if (item.Kind != FeedItemKind.Heartbeat) continue;
            timestamps++;
            progress?.Invoke(bars, item.Time);
        }
        await sink.FlushAsync(cancellationToken);
        return new ReplayOutcome(replay.Series.Count, bars, timestamps, replay.Reached ?? 0, replay.Notes);
    }
}
