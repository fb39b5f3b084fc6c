using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>Settings of the strategy runs in a live session.</summary>
/// <param name="HasMemberRuns">Whether each strategy has a second run, on a resizing account, that the portfolio follows.</param>
internal sealed record LiveRunSettings(FeedSettings Feed, bool HasMemberRuns)
{
    public ExecutionSettings Execution => Feed.Execution;
}

/// <summary>
/// Runs the strategies of one feed of the plan bar by bar, with the same runs and pipelines as a batch, in blocks of one bar.
/// </summary>
internal abstract class LiveFeedRuns
{
    public abstract FeedClock Clock { get; }

    public IReadOnlyList<LiveStrategy> Strategies { get; protected init; } = [];

    /// <summary>Runs the strategies over the bars of this feed that close now, at most one for each symbol.</summary>
    public abstract void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars);

    /// <summary>
    /// Runs the strategies over the bars of coming time slices in blocks. <see cref="LiveStrategy.Ahead"/> buffers their events.
    /// </summary>
    /// <param name="bars">The bars of this feed in order, with the index of the time slice in which each closes.</param>
    /// <param name="slices">The number of time slices.</param>
    public void RunAhead(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars, int slices)
    {
        var reached = ReachedBy(bars, slices);
        foreach (var strategy in Strategies)
            if (strategy.Error is null)
                strategy.Ahead = new EventsAhead(reached);
        Run(bars);
    }

    // For each time slice, the open time up to which the feed has all bars.
    private protected abstract long[] ReachedBy(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars, int slices);

    private protected abstract void Run(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars);

    public static LiveFeedRuns Of(FeedPlan feed, Func<string, MarketSeries> seriesOf, LiveRunSettings settings) =>
        feed.IsJoined || feed.IsReferring
        ? new Joined(feed, seriesOf, settings)
        : new Single(feed, seriesOf, settings);

    private protected static LiveStrategy Make(StrategyInstance instance, LiveRunSettings settings) =>
        new(instance, settings.Feed.WriterOf(instance), settings.HasMemberRuns
            ? (settings.Feed with { Events = settings.Feed.Events?.Members }).WriterOf(instance) : null);

    // The strategy's own run and, if the portfolio follows another run, that one too.
    private protected static void MakeRuns(LiveStrategy strategy, LiveRunSettings settings,
        Func<TradingSettings, RunEventWriter?, bool, IStrategyRun> make)
    {
        var trading = strategy.Instance.Trading;
        strategy.Run = make(trading, strategy.Log, !settings.HasMemberRuns);
        if (settings.HasMemberRuns) strategy.Member = make(trading with { ResizeToCash = true }, strategy.MemberLog, true);
    }

    // An exception in a strategy ends only that strategy.
    private protected static void Isolated(LiveStrategy strategy, Action work)
    {
        if (strategy.Error is not null) return;
        try
        {
            work();
        }
        catch (Exception e)
        {
            Fail(strategy, e);
        }
    }

    // Observers of predictions receive single bars, so that their reports are the same after a restart.
    private static int BlockSizeOf(FeedPlan feed) =>
        feed.Instances.Any(i => i.Model is EntryModel { Observer: not null }) ? 1 : IBarSeries.DefaultBlockSize;

    // Runs the prepared bars of all strategies of the feed.
    private protected void Run(Action<IStrategyRun> process)
    {
        foreach (var strategy in Strategies)
        {
            if (strategy.Error is not null) continue;
            var run = strategy.Run!;
            Exception? fault = null;
            try
            {
                process(run);
            }
            catch (Exception e)
            {
                fault = e;
                strategy.Ahead?.End(run.Now);
            }
            // In a block that is run ahead, the other run has bars before the fault.
            if (strategy.Member is { } member && (fault is null || strategy.Ahead is not null))
            {
                try
                {
                    process(member);
                }
                catch (Exception e)
                {
                    if (fault is null || member.Now < run.Now) fault = e;
                    strategy.Ahead?.End(member.Now);
                }
            }
            if (fault is not null) Fail(strategy, fault);
        }
    }

    private protected static void Fail(LiveStrategy strategy, Exception e)
    {
        strategy.Error = FeedStrategy.ErrorOf(e);
        strategy.Run = strategy.Member = null;
        strategy.Events.Clear();
        // The account closes its open positions, since no strategy manages them any more.
        strategy.Trades.Clear();
    }

    // Creates the runs of a strategy that trades one symbol.
    private protected static void Begin(LiveStrategy strategy, MarketSeries series, LiveRunSettings settings, FactorPlan plan) =>
        MakeRuns(strategy, settings, (trading, log, isFollowed) =>
        {
            var instance = strategy.Instance;
            var observer = isFollowed ? strategy.ObserverOf(0, log) : null;
            var run = new StrategyRun(instance.Id, instance.Create(), series, trading, settings.Execution, plan, (IRunObserver?)observer
                ?? log);
            run.FilterEntries(instance.Model);
            if (log is not null) log.Run = run;
            if (observer is not null) observer.Factors = run;
            strategy.FactorNames = run.FactorNames;
            return run;
        });

    private sealed class Single : LiveFeedRuns
    {
        private readonly FeedPipeline _pipeline;
        private readonly int _blockSize;
        private long _index, _last = long.MinValue;

        public Single(FeedPlan feed, Func<string, MarketSeries> seriesOf, LiveRunSettings settings)
        {
            var series = seriesOf(feed.Symbols[0]);
            var plan = feed.NewFactors();
            Strategies = [.. feed.Instances.Select(i => Make(i, settings))];
            foreach (var strategy in Strategies)
                Isolated(strategy, () => Begin(strategy, series, settings, plan));
            _pipeline = new FeedPipeline(series, plan, feed.TracePeriod, feed.TradeFrom);
            _blockSize = BlockSizeOf(feed);
        }

        public override FeedClock Clock => _pipeline.Clock;

        public override void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars)
        {
            foreach (var (_, bar) in bars) Run([bar]);
        }

        private void Run(ReadOnlySpan<Bar> bars)
        {
            var prepared = _pipeline.Prepare(BarBlock.FromBars(_index, bars));
            (_index, _last) = (_index + bars.Length, bars[^1].Time);
            Run(run => ((StrategyRun)run).Process(prepared));
            _pipeline.Return(prepared);
        }

        private protected override void Run(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars)
        {
            foreach (var block in bars.Select(b => b.Bar).Chunk(_blockSize)) Run(block);
        }

        private protected override long[] ReachedBy(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars, int slices)
        {
            var reached = new long[slices];
            var (last, at) = (_last, 0);
            for (var slice = 0; slice < slices; slice++)
            {
                for (; at < bars.Count && bars[at].Slice == slice; at++) last = bars[at].Bar.Time;
                reached[slice] = last;
            }
            return reached;
        }
    }

    private sealed class Joined : LiveFeedRuns
    {
        private readonly JoinedPipeline _pipeline;
        private readonly FeedJoiner _joiner;
        private readonly long[] _index;
        // For each symbol, the open time up to which no more bars can come.
        private readonly long[] _reached;

        public Joined(FeedPlan feed, Func<string, MarketSeries> seriesOf, LiveRunSettings settings)
        {
            var series = feed.Symbols.Select(seriesOf).ToList();
            var plans = series.Select(_ => feed.NewFactors()).ToList();
            _index = new long[series.Count];
            _reached = new long[series.Count];
            Array.Fill(_reached, long.MinValue);
            Strategies = [.. feed.Instances.Select(i => Make(i, settings))];
            foreach (var strategy in Strategies)
                Isolated(strategy, () =>
                {
                    // It trades only the first symbol, and reads the others.
                    if (feed.IsReferring) Begin(strategy, series[0], settings, plans[0]);
                    else MakeRuns(strategy, settings,
                        (trading, log, isFollowed) => MakeJoined(strategy, series, settings.Execution, plans, (trading, log, isFollowed)));
                });
            _pipeline = new JoinedPipeline(series, plans, feed.TracePeriod, feed.TradeFrom);
            _joiner = new FeedJoiner(series, BlockSizeOf(feed));
        }

        private static MultiSymbolRun MakeJoined(LiveStrategy strategy, IReadOnlyList<MarketSeries> series, ExecutionSettings execution,
            IReadOnlyList<FactorPlan> plans, (TradingSettings Trading, RunEventWriter? Log, bool IsFollowed) of)
        {
            var instance = strategy.Instance;
            IRunObserver?[] observers =
                [.. series.Select((_, s) => of.IsFollowed ? strategy.ObserverOf(s, of.Log) : (IRunObserver?)of.Log?.ForSymbol(s))];
            var run = new MultiSymbolRun(instance.Id, (MultiSymbolStrategy)instance.Create(), series, of.Trading, execution, plans,
                observers);
            for (var s = 0; s < observers.Length; s++)
            {
                var observer = observers[s] as LiveStrategy.Observer;
                if (observer is not null) observer.Factors = run.Factors(s);
                if ((observer?.LogOf ?? observers[s]) is RunEventWriter.SymbolObserver log) log.Run = run.Factors(s);
            }
            strategy.FactorNames = run.Factors(0).FactorNames;
            return run;
        }

        private static void Process(IStrategyRun run, PreparedJoin prepared)
        {
            if (run is MultiSymbolRun joined) joined.Process(prepared);
            // From a joined range only its own bars, if there are any.
            else if (run is StrategyRun single && prepared.Symbol(0) is { } own) single.Process(own);
        }

        public override FeedClock Clock => _pipeline.Clock;

        public override void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars)
        {
            if (bars.Count == 0) return;
            foreach (var (symbol, bar) in bars) Add(symbol, bar);
            Reach(bars[0].Bar.Time);
            RunJoined();
        }

        private void Add(int symbol, in Bar bar)
        {
            _joiner.Add(symbol, BarBlock.FromBars(_index[symbol]++, [bar]));
            _reached[symbol] = bar.Time;
        }

        private void Reach(long time)
        {
            for (var s = 0; s < _index.Length; s++)
            {
                _joiner.Reach(s, time);
                _reached[s] = Math.Max(_reached[s], time);
            }
        }

        private void RunJoined()
        {
            while (_joiner.TryNext(out var block))
            {
                var prepared = _pipeline.Prepare(block);
                Run(run => Process(run, prepared));
                _pipeline.Return(prepared);
            }
        }

        private protected override long[] ReachedBy(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars, int slices)
        {
            var reached = new long[slices];
            for (var (slice, at) = (0, 0); slice < slices; slice++)
            {
                var first = at;
                for (; at < bars.Count && bars[at].Slice == slice; at++) Add(bars[at].Symbol, bars[at].Bar);
                if (at > first) Reach(bars[first].Bar.Time);
                reached[slice] = _reached.Min();
            }
            return reached;
        }

        private protected override void Run(IReadOnlyList<(int Slice, int Symbol, Bar Bar)> bars) => RunJoined();
    }
}
