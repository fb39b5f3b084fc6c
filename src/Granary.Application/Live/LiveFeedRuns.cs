using Granary.Application.Batches;
using Granary.Application.Simulation;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Live;

/// <summary>How the strategies of a live session are run.</summary>
/// <param name="HasMemberRuns">Whether each has a second run, on a resizing account, that the portfolio follows.</param>
internal sealed record LiveRunSettings(FeedSettings Feed, bool HasMemberRuns)
{
    public ExecutionSettings Execution => Feed.Execution;
}

/// <summary>
/// The strategies of one feed of the plan, walked bar by bar: the very same runs and pipelines as in a batch, in blocks of one.
/// </summary>
internal abstract class LiveFeedRuns
{
    public abstract FeedClock Clock { get; }

    public IReadOnlyList<LiveStrategy> Strategies { get; protected init; } = [];

    /// <summary>Lets the strategies walk over the bars of this feed's symbols that close now; one for each symbol that has one.</summary>
    public abstract void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars);

    public static LiveFeedRuns Of(FeedPlan feed, Func<string, MarketSeries> seriesOf, LiveRunSettings settings) =>
        feed.IsJoined || feed.IsReferring
        ? new Joined(feed, seriesOf, settings)
        : new Single(feed, seriesOf, settings);

    private protected static LiveStrategy Make(StrategyInstance instance, LiveRunSettings settings) =>
        new(instance, settings.Feed.WriterOf(instance), settings.HasMemberRuns
            ? (settings.Feed with { Events = settings.Feed.Events?.Members }).WriterOf(instance) : null);

    // Its own run, and where the portfolio follows another, that one too.
    private protected static void MakeRuns(LiveStrategy strategy, LiveRunSettings settings,
        Func<TradingSettings, RunEventWriter?, bool, IStrategyRun> make)
    {
        var trading = strategy.Instance.Trading;
        strategy.Run = make(trading, strategy.Log, !settings.HasMemberRuns);
        if (settings.HasMemberRuns) strategy.Member = make(trading with { ResizeToCash = true }, strategy.MemberLog, true);
    }

    // A strategy that throws fails alone; the others go on.
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

    private protected static void Fail(LiveStrategy strategy, Exception e)
    {
        strategy.Error = RunGroup.Said(e);
        strategy.Run = strategy.Member = null;
        strategy.Events.Clear();
        // Its open positions are closed, since no strategy manages them any more.
        strategy.Trades.Clear();
    }

    // The runs of a strategy that trades one symbol.
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
        private long _index;

        public Single(FeedPlan feed, Func<string, MarketSeries> seriesOf, LiveRunSettings settings)
        {
            var series = seriesOf(feed.Symbols[0]);
            var plan = feed.NewFactors();
            Strategies = [.. feed.Instances.Select(i => Make(i, settings))];
            foreach (var strategy in Strategies)
                Isolated(strategy, () => Begin(strategy, series, settings, plan));
            _pipeline = new FeedPipeline(series, plan, feed.TracePeriod, feed.TradeFrom);
        }

        public override FeedClock Clock => _pipeline.Clock;

        public override void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars)
        {
            foreach (var (_, bar) in bars)
            {
                var prepared = _pipeline.Prepare(BarBlock.FromBars(_index++, [bar]));
                foreach (var strategy in Strategies)
                {
                    if (strategy.Error is not null) continue;
                    try
                    {
                        ((StrategyRun)strategy.Run!).Process(prepared.Block, prepared.Sheet, prepared.Calendar);
                        (strategy.Member as StrategyRun)?.Process(prepared.Block, prepared.Sheet, prepared.Calendar);
                    }
                    catch (Exception e)
                    {
                        Fail(strategy, e);
                    }
                }
                _pipeline.Return(prepared);
            }
        }
    }

    private sealed class Joined : LiveFeedRuns
    {
        private readonly JoinedPipeline _pipeline;
        private readonly FeedJoiner _joiner;
        private readonly long[] _index;

        public Joined(FeedPlan feed, Func<string, MarketSeries> seriesOf, LiveRunSettings settings)
        {
            var series = feed.Symbols.Select(seriesOf).ToList();
            var plans = series.Select(_ => feed.NewFactors()).ToList();
            _index = new long[series.Count];
            Strategies = [.. feed.Instances.Select(i => Make(i, settings))];
            foreach (var strategy in Strategies)
                Isolated(strategy, () =>
                {
                    // It trades the first symbol alone, and reads the others.
                    if (feed.IsReferring) Begin(strategy, series[0], settings, plans[0]);
                    else MakeRuns(strategy, settings,
                        (trading, log, isFollowed) => MakeJoined(strategy, series, settings.Execution, plans, (trading, log, isFollowed)));
                });
            _pipeline = new JoinedPipeline(series, plans, feed.TracePeriod, feed.TradeFrom);
            _joiner = new FeedJoiner(series);
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

        private static void Process(IStrategyRun? run, PreparedJoin prepared)
        {
            if (run is MultiSymbolRun joined) joined.Process(prepared);
            // Of a joined stretch its own bars, where it has any.
            else if (run is StrategyRun single && prepared.Symbol(0) is { } own) single.Process(own.Block, own.Sheet, own.Calendar);
        }

        public override FeedClock Clock => _pipeline.Clock;

        public override void Process(IReadOnlyList<(int Symbol, Bar Bar)> bars)
        {
            if (bars.Count == 0) return;
            foreach (var (symbol, bar) in bars) _joiner.Add(symbol, BarBlock.FromBars(_index[symbol]++, [bar]));
            for (var s = 0; s < _index.Length; s++) _joiner.Reach(s, bars[0].Bar.Time);
            while (_joiner.TryNext(out var block))
            {
                var prepared = _pipeline.Prepare(block);
                foreach (var strategy in Strategies)
                {
                    if (strategy.Error is not null) continue;
                    try
                    {
                        Process(strategy.Run, prepared);
                        Process(strategy.Member, prepared);
                    }
                    catch (Exception e)
                    {
                        Fail(strategy, e);
                    }
                }
                _pipeline.Return(prepared);
            }
        }
    }
}
