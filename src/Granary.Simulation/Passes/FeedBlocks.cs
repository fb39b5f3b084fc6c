using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Reads blocks of a series at its own timeframe or a longer one.</summary>
internal static class FeedBlocks
{
    /// <summary>Estimates the number of bars of a series at a timeframe.</summary>
    public static long CountOf(IBarSeries series, Timeframe timeframe) =>
        series.Count / Math.Max(1, timeframe.Ticks / series.Timeframe.Ticks);

    /// <summary>Estimates a batch's work as bars times strategies.</summary>
    public static long Evaluations(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets) =>
        plan.Feeds.Sum(f => CountOf(markets[f.Symbols[0]].Series, f.Timeframe) * f.Instances.Count);

    public static IAsyncEnumerable<BarBlock> ReadAsync(IBarSeries series, Timeframe timeframe, int blockSize,
        CancellationToken cancellationToken = default) =>
        timeframe == series.Timeframe ? series.ReadAsync(blockSize, cancellationToken)
            : Aggregated(series, timeframe, blockSize, cancellationToken);

    private static async IAsyncEnumerable<BarBlock> Aggregated(IBarSeries series, Timeframe timeframe, int blockSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var aggregator = new BlockAggregator(series.Timeframe, timeframe, series.Instrument.Calendar, blockSize);
        await foreach (var block in series.ReadAsync(blockSize, cancellationToken))
            foreach (var longer in aggregator.Add(block))
                yield return longer;
        if (aggregator.End() is { } last) yield return last;
    }
}
