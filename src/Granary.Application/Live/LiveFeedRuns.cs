using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Live;

/// <summary>The strategies of one feed of the plan, walked bar by bar: the very same runs and pipelines as in a batch, in blocks of one.</summary>
internal abstract class LiveFeedRuns
{
    public abstract FeedClock Clock { get; }

    public IReadOnlyList<LiveStrategy> Strategies { get; protected init; } = [];

    /// <summary>Lets the strategies walk over the bars of this feed's symbols that close now; one for each symbol that has one.</summary>
    public abstract void Walk(IReadOnlyList<(int Symbol, Bar Bar)> bars);

    public static LiveFeedRuns Of(FeedPlan feed, IReadOnlyList<StrategyInstance> instances, Func<string, MarketSeries> seriesOf, ExecutionSettings execution, IEventSink? events, bool withFactors) => feed.IsJoined || feed.IsReferring
        ? new Joined(feed, instances, seriesOf, execution, events, withFactors)
        : new Single(feed, instances, seriesOf, execution, events, withFactors);

    private protected static LiveStrategy Make(StrategyInstance instance, IEventSink? events, bool withFactors) =>
        new(instance, events is null ? null : new RunEventWriter(instance.Index, events, withFactors));

    // A strategy that throws fails alone; the others go on.
    private protected static void Guarded(LiveStrategy strategy, Action work)
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
        strategy.Run = null;
        strategy.Events.Clear();
        // What it has open is closed, since nobody looks after it any more.
        strategy.Trades.Clear();
    }

    // The run of a strategy that trades one symbol. symbols: that one and those that its factors compare it with; null for the one alone.
    private protected static void Begin(LiveStrategy strategy, MarketSeries series, ExecutionSettings execution, FactorPlan plan, IReadOnlyList<string>? symbols = null)
    {
        var observer = strategy.ObserverOf(0);
        var run = new StrategyRun(strategy.Instance.Id, strategy.Instance.Create(), series, strategy.Instance.Trading, execution, plan, observer, strategy.Instance.Model, symbols);
        if (strategy.Log is { } log) log.Run = run;
        observer.Factors = run;
        strategy.FactorNames = run.FactorNames;
        strategy.Run = run;
    }

    private sealed class Single : LiveFeedRuns
    {
        private readonly FeedPipeline _pipeline;
        private long _index;

        public Single(FeedPlan feed, IReadOnlyList<StrategyInstance> instances, Func<string, MarketSeries> seriesOf, ExecutionSettings execution, IEventSink? events, bool withFactors)
        {
            var series = seriesOf(feed.Symbols[0]);
            var plan = feed.NewFactors();
            Strategies = [.. instances.Select(i => Make(i, events, withFactors))];
            foreach (var strategy in Strategies)
                Guarded(strategy, () => Begin(strategy, series, execution, plan));
            _pipeline = new FeedPipeline(series, plan, from: feed.TradeFrom);
        }

        public override FeedClock Clock => _pipeline.Clock;

        public override void Walk(IReadOnlyList<(int Symbol, Bar Bar)> bars)
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

        public Joined(FeedPlan feed, IReadOnlyList<StrategyInstance> instances, Func<string, MarketSeries> seriesOf, ExecutionSettings execution, IEventSink? events, bool withFactors)
        {
            var series = feed.Symbols.Select(seriesOf).ToList();
            var plans = series.Select(_ => feed.NewFactors()).ToList();
            _index = new long[series.Count];
            Strategies = [.. instances.Select(i => Make(i, events, withFactors))];
            foreach (var strategy in Strategies)
                Guarded(strategy, () =>
                {
                    if (feed.IsReferring)
                    {
                        // It trades the first symbol alone, and reads the others.
                        Begin(strategy, series[0], execution, plans[0], feed.Symbols);
                        return;
                    }
                    var observers = series.Select((_, s) => strategy.ObserverOf(s)).ToArray();
                    var run = new MultiSymbolRun(strategy.Instance.Id, (MultiSymbolStrategy)strategy.Instance.Create(), series, strategy.Instance.Trading, execution, plans, observers);
                    for (var s = 0; s < observers.Length; s++)
                    {
                        observers[s].Factors = run.Factors(s);
                        if (observers[s].LogOf is RunEventWriter.SymbolObserver log) log.Run = run.Factors(s);
                    }
                    strategy.FactorNames = run.Factors(0).FactorNames;
                    strategy.Run = run;
                });
            _pipeline = new JoinedPipeline(series, plans, from: feed.TradeFrom);
            _joiner = new FeedJoiner(series);
        }

        public override FeedClock Clock => _pipeline.Clock;

        public override void Walk(IReadOnlyList<(int Symbol, Bar Bar)> bars)
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
                        if (strategy.Run is MultiSymbolRun joined) joined.Process(prepared);
                        // Of a joined stretch its own bars, where it has any.
                        else if (prepared.Symbol(0) is { } own) ((StrategyRun)strategy.Run!).Process(own.Block, own.Sheet, own.Calendar);
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
