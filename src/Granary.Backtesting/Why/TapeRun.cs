using Granary.Engine;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Why;

/// <summary>
/// Runs a strategy bar by bar and records it. It uses the objects of a batch, in blocks of one bar as in a session;
/// results do not depend on the length of blocks.
/// </summary>
internal static class TapeRun
{
    /// <param name="plan">The plan with the strategy's model.</param>
    /// <param name="around">A time of the bars to keep, UTC ticks.</param>
    /// <param name="most">The most doubles that the tape keeps.</param>
    /// <exception cref="InputException">The strategy failed.</exception>
    public static async Task<StrategyTape> RecordAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        StrategyInstance instance, long around, CancellationToken cancellationToken, int most = StrategyTape.MostDoubles)
    {
        var tape = new StrategyTape(instance, around, most)
        {
            Seen = [.. instance.Symbols.Select(s => SeenPrices.Of(markets[s].Instrument))],
        };
        var watched = instance.Model is EntryModel model
            ? instance with { Model = model.Observed(new PredictionRecorder(tape)) } : instance;
        var feed = plan.Alone(watched).Feeds[0];
        var settings = new FeedSettings(plan.Spec.Execution.Settings, null, WithFactors: false) { ListenerOf = (_, _) => tape };
        var shared = new SharedFeed(feed, [.. feed.Symbols.Select(s => IntrabarPaths.With(plan.Spec, markets[s], feed.Timeframe))],
            settings);
        var (strategy, watch) = (new FeedStrategy(watched, shared), new StrategyWatch());
        strategy.Make(watch);
        Check(strategy);
        var preparer = shared.Prepare(mostRows: 1);
        var blocks = feed.Symbols.Select(s => SinglesAsync(markets[s].Series, feed.Timeframe, cancellationToken)
            .GetAsyncEnumerator(cancellationToken)).ToList();
        try
        {
            while (!tape.IsFull && await NextAsync(preparer, blocks).ConfigureAwait(false))
            {
                var prepared = preparer.Prepare();
                strategy.Process(prepared, watch);
                Check(strategy);
                Add(tape, strategy.Run!, prepared);
                preparer.Return(prepared);
            }
        }
        finally
        {
            foreach (var source in blocks) await source.DisposeAsync().ConfigureAwait(false);
            watch.Leave();
        }
        if (tape.IsFull) return tape;
        tape.End();
        strategy.Finish(preparer.Clock, markets[feed.Symbols[0]].HasEnded);
        return tape;
    }

    private static void Check(FeedStrategy strategy)
    {
        if (strategy.Error is { } error) throw new InputException($"{strategy.Instance.Id} failed when it was run again: {error}");
    }

    private static async ValueTask<bool> NextAsync(FeedPreparer preparer, List<IAsyncEnumerator<BarBlock>> blocks)
    {
        while (!preparer.MoveNext())
        {
            if (preparer.WaitsFor is not { } symbol) return false;
            if (await blocks[symbol].MoveNextAsync().ConfigureAwait(false)) preparer.Add(symbol, blocks[symbol].Current);
            else preparer.End(symbol);
        }
        return true;
    }

    private static async IAsyncEnumerable<BarBlock> SinglesAsync(IBarSeries series, Timeframe timeframe,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var block in FeedBlocks.ReadAsync(series, timeframe, IBarSeries.DefaultBlockSize, cancellationToken)
            .ConfigureAwait(false))
            for (var i = 0; i < block.Count; i++)
                yield return block.Slice(i, 1);
    }

    private static void Add(StrategyTape tape, IStrategyRun run, PreparedBars prepared)
    {
        if (prepared is PreparedJoin join && tape.Instance.Symbols.Count > 1)
        {
            tape.Add(run, join.Block.Time[0], s => join.Block.IndexAt(s, 0) is >= 0 and var index ? join.Block.Bars(s)![index] : null);
            return;
        }
        // A symbol whose factors read others has no bar at some of their times.
        if (prepared.Own is { } own) tape.Add(run, own.Block.Time[0], _ => own.Block[0]);
    }
}
