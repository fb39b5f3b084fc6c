using System.Runtime.InteropServices;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
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
    private readonly Dictionary<string, int> _symbolOf;
    // By symbol: the bars that have closed and are not processed, and the number of those that are.
    private readonly List<Bar>[] _coming;
    private readonly long[] _counts;
    private readonly StrategyWatch _watch = new();
    private long _last = long.MinValue;

    /// <param name="series">Series of the feed's symbols, in their order.</param>
    /// <param name="hasMembers">Whether each strategy has a second run, on a resizing account, that the portfolio follows.</param>
    public SessionFeed(FeedPlan plan, IReadOnlyList<MarketSeries> series, FeedSettings settings, bool hasMembers)
    {
        Plan = plan;
        var shared = new SharedFeed(plan, series, settings);
        Strategies = [.. plan.Instances.Select(i => new LiveStrategy(i, shared, series, hasMembers))];
        foreach (var strategy in Strategies) strategy.Make(_watch);
        // Observers of predictions receive single bars, so that their reports are the same after a restart.
        _blockSize = plan.Instances.Any(i => i.Model is EntryModel { Observer: not null }) ? 1 : IBarSeries.DefaultBlockSize;
        _feed = shared.Prepare(_blockSize);
        _symbolOf = plan.Symbols.Select((symbol, s) => (symbol, s)).ToDictionary(x => x.symbol, x => x.s, StringComparer.Ordinal);
        _coming = [.. series.Select(_ => new List<Bar>())];
        _counts = new long[series.Count];
    }

    public FeedPlan Plan { get; }

    public IReadOnlyList<LiveStrategy> Strategies { get; }

    /// <summary>Runs the strategies over the bars of this feed that close now, at most one for each symbol.</summary>
    public void Process(in TimeSlice now)
    {
        Add(now);
        Process();
    }

    private void Add(in TimeSlice slice)
    {
        foreach (var (symbol, bar, timeframe) in slice.Bars)
        {
            if (timeframe != Plan.Timeframe || !_symbolOf.TryGetValue(symbol, out var s)) continue;
            _coming[s].Add(bar);
            _last = bar.Time;
        }
    }

    private void Process()
    {
        if (!Array.Exists(_coming, c => c.Count > 0)) return;
        for (var s = 0; s < _coming.Length; s++)
        {
            for (var bars = CollectionsMarshal.AsSpan(_coming[s]); bars.Length > 0; bars = bars[Math.Min(bars.Length, _blockSize)..])
            {
                var block = BarBlock.FromBars(_counts[s], bars[..Math.Min(bars.Length, _blockSize)]);
                _feed.Add(s, block);
                _counts[s] += block.Count;
            }
            _coming[s].Clear();
            _feed.Reach(s, _last);
        }
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
    public void RunAhead(IReadOnlyList<TimeSlice> slices)
    {
        // For each time slice, the open time up to which the feed has all bars.
        var reached = new long[slices.Count];
        for (var i = 0; i < reached.Length; i++)
        {
            Add(slices[i]);
            reached[i] = _last;
        }
        foreach (var strategy in Strategies)
            if (strategy.Error is null)
                strategy.Ahead = new EventsAhead(reached);
        Process();
    }

    /// <summary>Ends the strategies and returns their outcomes.</summary>
    /// <param name="hasStopped">Whether a symbol has stopped trading.</param>
    public IEnumerable<StrategyOutcome> Finish(Func<string, bool> hasStopped) =>
        Strategies.Select(s => s.Finish(_feed.Clock, hasStopped(s.Instance.Symbols[0])));
}
