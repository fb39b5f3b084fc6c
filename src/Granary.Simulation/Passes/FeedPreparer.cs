using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Takes the blocks of a feed's symbols, of any length, and prepares them for <see cref="FeedStrategy.Process"/>: joins several symbols on
/// one timeline and computes what the strategies share. A batch reads the blocks; a session pushes them as they arrive.
/// </summary>
public sealed class FeedPreparer
{
    private readonly FeedPipeline? _single;
    private readonly JoinedPipeline? _joined;
    private readonly FeedJoiner? _joiner;
    private readonly Queue<BarBlock> _waiting = new();
    private readonly bool _ownOnly;
    private bool _ended;
    private BarBlock? _block;
    private JoinedBlock? _rows;

    internal FeedPreparer(FeedPlan plan, IReadOnlyList<MarketSeries> series, IReadOnlyList<FactorPlan> factors, int mostRows)
    {
        if (plan.IsJoined || plan.IsReferring)
        {
            _joiner = new FeedJoiner(series, mostRows);
            _joined = new JoinedPipeline(series, factors, plan.TracePeriod, plan.TradeFrom);
            // Strategies that only read the other symbols count the bars of their own one.
            _ownOnly = plan.IsReferring;
            Clock = plan.IsJoined ? _joined.Clock : _joined.ClockOf(0);
        }
        else
        {
            _single = new FeedPipeline(series[0], factors[0], plan.TracePeriod, plan.TradeFrom);
            Clock = _single.Clock;
        }
    }

    /// <summary>The clock of the prepared bars.</summary>
    public FeedClock Clock { get; }

    /// <summary>The symbol whose next block or end is needed; null if all have ended.</summary>
    public int? WaitsFor => _joiner is { } joiner ? joiner.WaitsFor : _ended ? null : 0;

    /// <summary>Adds the next block of a symbol.</summary>
    public void Add(int symbol, BarBlock block)
    {
        if (_joiner is { } joiner) joiner.Add(symbol, block);
        else _waiting.Enqueue(block);
    }

    /// <summary>Declares that the symbol has no further bar that opens at or before a time, UTC ticks.</summary>
    public void Reach(int symbol, long time) => _joiner?.Reach(symbol, time);

    /// <summary>Declares that the symbol has no further bars.</summary>
    public void End(int symbol)
    {
        if (_joiner is { } joiner) joiner.End(symbol);
        else _ended = true;
    }

    /// <summary>Moves to the next complete block; false if bars are needed first.</summary>
    public bool MoveNext() => _joiner is { } joiner ? joiner.TryNext(out _rows) : _waiting.TryDequeue(out _block);

    /// <summary>Prepares the current block. Not thread-safe.</summary>
    public PreparedBars Prepare() => _single is { } single ? single.Prepare(_block!) : _joined!.Prepare(_rows!);

    /// <summary>The number of bars, or of joined rows, that a strategy of the feed sees in a prepared block.</summary>
    public int BarsOf(PreparedBars prepared) => _ownOnly ? prepared.Own?.Count ?? 0 : prepared.Count;

    /// <summary>Returns a block that no strategy reads any more; in the order of preparation.</summary>
    public void Return(PreparedBars prepared)
    {
        if (_single is { } single) single.Return(prepared.Own!);
        else _joined!.Return((PreparedJoin)prepared);
    }
}
