using Granary.Backtesting.WalkForward;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>The models of several windows as one filter of a strategy's entries.</summary>
public sealed class ScheduledModelTests
{
    private const int Bars = 40, SecondWindow = 20;

    private static readonly MarketSeries s_series = new(new Instrument { Symbol = "TEST" }, Timeframe.H1);

    private static long TimeOf(int bar) => new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks + bar * Timeframe.H1.Ticks;

    /// <summary>Judges entries with one prediction, and keeps the events.</summary>
    private sealed class Recording(double prediction) : IEntryModel, IEntryFilter
    {
        public string Name => "recording";

        public List<RunEvent> Events { get; } = [];

        public IEntryFilter Attach(MarketSeries series, FactorPlan plan) => this;

        public RunEventKinds Kinds => RunEventKinds.Signal | RunEventKinds.SignalEnded | RunEventKinds.Trade;

        public void Bind(BarBlock block, FactorSheet sheet)
        {
        }

        public EntryAdvice Advise(int index, Side side) => EntryAdvice.Take(prediction);

        public void On(in RunEvent e) => Events.Add(e);
    }

    private sealed class Trades : IRunListener
    {
        public List<RunEvent> Events { get; } = [];

        public RunEventKinds Kinds => RunEventKinds.SignalEnded | RunEventKinds.Trade;

        public void On(in RunEvent e) => Events.Add(e);
    }

    /// <summary>Buys at every fifth bar, sells three bars later, and has a limit order in between that is cancelled.</summary>
    private sealed class EveryFifthBar : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            switch (bar.BarNumber % 5)
            {
                case 0:
                    bar.Enter(Side.Buy);
                    break;
                case 1:
                    bar.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 1 });
                    break;
                case 3:
                    bar.Exit();
                    break;
            }
        }
    }

    private static (Recording First, Recording Second, Trades Own) Run(int block)
    {
        var (first, second, own, plan) = (new Recording(0.1), new Recording(0.2), new Trades(), new FactorPlan());
        var run = new StrategyRun("x", new EveryFifthBar(), s_series,
            new TradingSettings { Size = SizeRule.Units(1), MaxOpenTrades = 2 }, new ExecutionSettings(), plan, own);
        run.FilterEntries(new ScheduledModel([(TimeOf(0), first), (TimeOf(SecondWindow), second)]));
        var pipeline = new FeedPipeline(s_series, plan);
        Bar[] bars = [.. Enumerable.Range(0, Bars).Select(i => new Bar(TimeOf(i), 10, 12, 9, 10 + i % 3, 1_000))];
        for (var i = 0; i < Bars; i += block)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, Math.Min(block, Bars - i))));
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        run.Finish();
        return (first, second, own);
    }

    // An age in trades counts when each was closed; the end of a block is no such time.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Bars)]
    public void The_model_of_each_window_knows_when_a_trade_was_closed(int block)
    {
        var (first, second, own) = Run(block);
        // The exit of bar 3 fills at the open of bar 4, and so on.
        long[] closed = [.. Enumerable.Range(0, Bars / 5).Select(i => TimeOf(5 * i + 4))];
        foreach (var model in new[] { first, second })
        {
            model.Events.Where(e => e.Kind == RunEventKinds.Trade).Select(e => e.Trade.ExitTime).ShouldBe(closed);
            var seen = model.Events.Where(e => e.Kind != RunEventKinds.Signal).ToList();
            seen.Count.ShouldBe(own.Events.Count);
            for (var i = 0; i < seen.Count; i++) seen[i].SameAs(own.Events[i]).ShouldBeTrue();
        }
    }

    [Fact]
    public void The_model_that_judged_a_signal_receives_it()
    {
        var (first, second, own) = Run(7);
        Signal[] Signals(Recording model) =>
            [.. model.Events.Where(e => e.Kind == RunEventKinds.Signal).Select(e => e.Signal)];
        Signals(first).Length.ShouldBe(8);
        Signals(first).ShouldAllBe(s => s.Time < TimeOf(SecondWindow) && s.Prediction == 0.1 && s.ModelVersion == 1);
        Signals(second).Length.ShouldBe(8);
        Signals(second).ShouldAllBe(s => s.Time >= TimeOf(SecondWindow) && s.Prediction == 0.2 && s.ModelVersion == 2);
        own.Events.Count(e => e.Kind == RunEventKinds.SignalEnded).ShouldBe(8);
    }
}
