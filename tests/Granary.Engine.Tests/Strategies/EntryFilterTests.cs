using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>The events that a model beside a strategy receives.</summary>
public sealed class EntryFilterTests
{
    /// <summary>Lets every entry pass with a prediction, and keeps the events, by symbol.</summary>
    private sealed class Recording : IEntryModel
    {
        public string Name => "recording";

        public Dictionary<string, List<RunEvent>> Events { get; } = [];

        public IEntryFilter Attach(MarketSeries series, FactorPlan plan) => new Filter(Events[series.Instrument.Symbol] = []);

        private sealed class Filter(List<RunEvent> events) : IEntryFilter
        {
            public RunEventKinds Kinds => RunEventKinds.Logged;

            public void Bind(BarBlock block, FactorSheet sheet)
            {
            }

            public EntryAdvice Advise(int index, Side side) => EntryAdvice.Take(0.5);

            public void On(in RunEvent e) => events.Add(e);
        }
    }

    private static SampleBars.Feed Feed(string symbol, params int[] hours)
    {
        var feed = SampleBars.Random(1, 8, Timeframe.H1);
        var start = feed.Bars[0].Time;
        Bar[] bars = [.. hours.Select(h => new Bar(start + h * Timeframe.H1.Ticks, 10, 12, 9, 11, 1_000))];
        return (feed with { Bars = bars }).Named(symbol);
    }

    private static Recording Run(MultiSymbolStrategy strategy, SampleBars.Feed[] feeds, int rows)
    {
        var (model, series, plans) = (new Recording(), feeds.Select(f => f.Series).ToList(), feeds.Select(_ => new FactorPlan()).ToList());
        var run = new MultiSymbolRun("x", strategy, series, new TradingSettings { Size = SizeRule.Units(1), MaxOpenTrades = 2 },
            new ExecutionSettings(), plans);
        run.FilterEntries(model);
        var pipeline = new JoinedPipeline(series, plans);
        foreach (var block in MultiSymbolRunner.Join(feeds, [64], rows)) run.Process(pipeline.Prepare(block));
        run.Finish();
        return model;
    }

    /// <summary>Enters at the market and by a limit order in B at its first bar, and leaves B in the time slice after it.</summary>
    private sealed class LeavesLater : MultiSymbolStrategy
    {
        private int _slices;

        public List<(string Symbol, Trade Trade)> Trades { get; } = [];

        public override void OnBar(MultiSymbolContext bar)
        {
            var b = bar.Symbols[1];
            if (++_slices == 1)
            {
                b.Enter(Side.Buy);
                b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 1 });
            }
            // Between the bars of B, whose second one opens at hour 1.
            if (_slices == 3) b.Exit(Side.Buy);
        }

        public override void OnTrade(SymbolContext symbol, in Trade trade) => Trades.Add((symbol.Symbol, trade));
    }

    // B has bars of hours 0, 1 and 3. The market entry fills at the open of hour 1. At the close of hour 2, in which B has no bar, the
    // limit order is cancelled and the exit is sent, which fills at the open of hour 3.
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_model_receives_the_end_of_a_signal_while_its_market_has_no_bar(int rows)
    {
        var strategy = new LeavesLater();
        var model = Run(strategy, [Feed("A", 0, 1, 2, 3), Feed("B", 0, 1, 3)], rows);
        var start = model.Events["B"][0].Time;
        model.Events["A"].ShouldBeEmpty();
        model.Events["B"].Select(e => (e.Kind, e.Number, (e.Time - start) / Timeframe.H1.Ticks)).ShouldBe(
        [
            (RunEventKinds.Signal, 1, 0), (RunEventKinds.Signal, 2, 0), (RunEventKinds.Fill, 1, 1), (RunEventKinds.Exiting, 1, 2),
            (RunEventKinds.SignalEnded, 2, 2), (RunEventKinds.Trade, 1, 3),
        ]);
        model.Events["B"].ShouldAllBe(e => e.SymbolIndex == 1);
        model.Events["B"][^1].Trade.ExitTime.ShouldBe(start + 3 * Timeframe.H1.Ticks);
        var (symbol, trade) = strategy.Trades.ShouldHaveSingleItem();
        (symbol, trade).ShouldBe(("B", model.Events["B"][^1].Trade));
        trade.SymbolIndex.ShouldBe(1);
    }

    /// <summary>Asks for an entry in B in the time slice in which B has no bar.</summary>
    private sealed class EntersBetweenBars : MultiSymbolStrategy
    {
        private int _slices;

        public override void OnBar(MultiSymbolContext bar)
        {
            if (++_slices == 3) bar.Symbols[1].Enter(Side.Buy);
        }
    }

    [Fact]
    public void An_entry_between_the_bars_of_a_market_is_a_signal_without_a_prediction()
    {
        var model = Run(new EntersBetweenBars(), [Feed("A", 0, 1, 2, 3), Feed("B", 0, 1, 3)], 100);
        var signal = model.Events["B"][0].Signal;
        signal.Prediction.ShouldBe(double.NaN);
        signal.SizeFactor.ShouldBe(1);
        model.Events["B"].Select(e => e.Kind).ShouldBe([RunEventKinds.Signal, RunEventKinds.Fill, RunEventKinds.Trade]);
    }
}
