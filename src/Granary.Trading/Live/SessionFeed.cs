using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>
/// A feed of a session's plan. It pushes the bars that arrive, in blocks of any length, into the same feed and strategies as a batch.
/// </summary>
internal sealed class SessionFeed
{
    private readonly FeedPreparer _feed;
    private readonly int _blockSize;
    private readonly long[] _counts;
    private readonly StrategyWatch _watch = new();
    private long _last = long.MinValue;

    /// <param name="series">Series of the feed's symbols, in their order.</param>
    /// <param name="hasMembers">Whether each strategy has a second run, on a resizing account, that the portfolio follows.</param>
    public SessionFeed(FeedPlan plan, IReadOnlyList<MarketSeries> series, FeedSettings settings, bool hasMembers)
    {
        Plan = plan;
        var shared = new SharedFeed(plan, series, settings);
        Strategies = [.. plan.Instances.Select(i => new LiveStrategy(i, shared, hasMembers))];
        foreach (var strategy in Strategies) strategy.Make(_watch);
        // Observers of predictions receive single bars, so that their reports are the same after a restart.
        _blockSize = plan.Instances.Any(i => i.Model is EntryModel { Observer: not null }) ? 1 : IBarSeries.DefaultBlockSize;
        _feed = shared.Prepare(_blockSize);
        _counts = new long[series.Count];
    }

    public FeedPlan Plan { get; }

    public IReadOnlyList<LiveStrategy> Strategies { get; }

    /// <summary>Runs the strategies over the bars of this feed that close now, at most one for each symbol.</summary>
    public void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars)
    {
        if (bars.Count == 0) return;
        for (var s = 0; s < _counts.Length; s++)
            foreach (var block in bars.Where(b => b.Symbol == s).Select(b => b.Bar).Chunk(_blockSize))
            {
                _feed.Add(s, BarBlock.FromBars(_counts[s], block));
                _counts[s] += block.Length;
            }
        _last = bars[^1].Bar.Time;
        for (var s = 0; s < _counts.Length; s++) _feed.Reach(s, _last);
        while (_feed.MoveNext())
        {
            var block = _feed.Prepare();
            foreach (var strategy in Strategies) strategy.Process(block, _watch);
            _feed.Return(block);
        }
        _watch.Leave();
    }

    /// <summary>
    /// Runs the strategies over the bars of coming time slices in blocks. <see cref="LiveStrategy.Ahead"/> buffers their events.
    /// </summary>
    /// <param name="slices">The bars of this feed that close in each time slice.</param>
    public void RunAhead(IReadOnlyList<IReadOnlyList<(int Symbol, Bar Bar)>> slices)
    {
        var last = _last;
        // For each time slice, the open time up to which the feed has all bars.
        long[] reached = [.. slices.Select(bars => last = bars.Count > 0 ? bars[^1].Bar.Time : last)];
        foreach (var strategy in Strategies)
            if (strategy.Error is null)
                strategy.Ahead = new EventsAhead(reached);
        Process([.. slices.SelectMany(bars => bars)]);
    }

    /// <summary>Ends the strategies and returns their outcomes.</summary>
    /// <param name="hasStopped">Whether a symbol has stopped trading.</param>
    public IEnumerable<StrategyOutcome> Finish(Func<string, bool> hasStopped) =>
        Strategies.Select(s => s.Finish(_feed.Clock, hasStopped(s.Instance.Symbols[0])));
}
