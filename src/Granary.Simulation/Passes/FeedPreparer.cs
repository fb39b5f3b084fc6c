using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Takes the blocks of a feed's symbols, of any length, and prepares them for <see cref="FeedStrategy.Process"/>: computes what the
/// strategies share. A batch reads the blocks; a session pushes them as they arrive.
/// </summary>
internal abstract class FeedPreparer
{
    private protected FeedPreparer(FeedClock clock) => Clock = clock;

    /// <param name="series">Series of the feed's symbols, in their order.</param>
    /// <param name="mostRows">The most rows of a joined block.</param>
    internal static FeedPreparer Of(FeedPlan plan, IReadOnlyList<MarketSeries> series, IReadOnlyList<FactorPlan> factors, int mostRows) =>
        plan.IsJoined || plan.IsReferring
            ? new JoinedPreparer(new JoinedPipeline(series, factors, plan.TracePeriod, plan.TradeFrom), mostRows, plan.IsReferring)
            : new SymbolPreparer(new FeedPipeline(series[0], factors[0], plan.TracePeriod, plan.TradeFrom));

    /// <summary>The clock of the prepared bars.</summary>
    public FeedClock Clock { get; }

    /// <summary>The symbol whose next block or end is needed; null if all have ended.</summary>
    public abstract int? WaitsFor { get; }

    /// <summary>Adds the next block of a symbol.</summary>
    public abstract void Add(int symbol, BarBlock block);

    /// <summary>Declares that the symbol has no further bar that opens at or before a time, UTC ticks.</summary>
    public abstract void Reach(int symbol, long time);

    /// <summary>Declares that the symbol has no further bars.</summary>
    public abstract void End(int symbol);

    /// <summary>Moves to the next complete block; false if bars are needed first.</summary>
    public abstract bool MoveNext();

    /// <summary>Prepares the current block. Not thread-safe.</summary>
    public abstract PreparedBars Prepare();

    /// <summary>The number of bars, or of joined rows, that a strategy of the feed sees in a prepared block.</summary>
    public abstract int BarsOf(PreparedBars prepared);

    /// <summary>Returns a block that no strategy reads any more; in the order of preparation.</summary>
    public abstract void Return(PreparedBars prepared);
}
