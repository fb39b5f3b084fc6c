using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>What must hold of every run, whatever the strategy does: tried with seeded strategies that do everything.</summary>
public sealed class StrategyRunPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 80)];

    private static (MarketSeries Series, Bar[] Bars, TradingSettings Settings, ExecutionSettings Execution) Given(int seed)
    {
        var random = new Random(seed * 7919);
        var calendar = random.Next(2) == 0 ? SessionCalendar.Continuous : SessionCalendar.NewYork();
        var feed = SampleBars.Random(seed, 1200 + random.Next(600), random.Next(3) == 0 ? Timeframe.H1 : Timeframe.M5, decimals: 2,
            calendar);
        var margined = random.Next(4) == 0;
        var instrument = feed.Series.Instrument with
        {
            TickSize = random.Next(2) == 0 ? 0.01 : 0,
            LotSize = random.Next(3) == 0 ? 1 : 0,
            Multiplier = margined ? 10 : 1,
            MarginPerUnit = margined ? 50 : 0,
        };
        var settings = new TradingSettings
        {
            Cash = 100_000,
            Sides = (Sides)random.Next(1, 4),
            Size = random.Next(4) switch
            {
                0 => SizeRule.Units(random.Next(1, 200)),
                1 => SizeRule.PercentOfEquity(random.Next(5, 96)),
                2 => new SizeRule(SizeKind.Cash, random.Next(1_000, 50_000)),
                _ => new SizeRule(SizeKind.RiskPercent, 0.1 + random.NextDouble()),
            },
            StopLossPercent = random.Next(2) * (0.2 + random.NextDouble()),
            TakeProfitPercent = random.Next(2) * (0.2 + random.NextDouble()),
            TrailingStopPercent = random.Next(2) * (0.2 + random.NextDouble()),
            ExitOnSignal = random.Next(4) > 0,
            MaxBars = random.Next(3) == 0 ? random.Next(1, 40) : 0,
            ExitAt = random.Next(4) == 0 ? new TimeOnly(15, 30) : null,
            MaxOpenTrades = random.Next(1, 5),
        };
        var execution = new ExecutionSettings
        {
            Fee = random.Next(2) == 0 ? new PercentFee(0.05 * random.NextDouble()) : new PerUnitFee(0.01),
            Slippage = random.Next(2) == 0 ? new PercentSlippage(0.05) : null,
            Fill = random.Next(4) == 0 ? FillTiming.SameClose : FillTiming.NextOpen,
            Intrabar = (IntrabarRule)random.Next(2),
            ProtectFrom = (ProtectFrom)random.Next(2),
        };
        return (feed.Series with { Instrument = instrument }, feed.Bars, settings, execution);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Cash_positions_and_profits_add_up_to_the_equity_at_every_bar(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        var byHand = seed % 2 == 0;
        var recorder = new TradeRecorder();
        var trader = new ListeningTrader(seed, byHand, recorder);
        var plan = new FactorPlan();
        var run = new StrategyRun("random", trader, series, settings, execution, plan, recorder);
        trader.Probe = new StrategyRunProbe(run.Book, settings.Cash, series.Instrument.Multiplier, partialExits: byHand);
        var curve = new List<double>();
        var pipeline = new FeedPipeline(series, plan);
        // Blocks of one, to see the equity after each bar.
        for (var i = 0; i < bars.Length; i++)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, 1)));
            run.Process(prepared);
            pipeline.Return(prepared);
            curve.Add(run.Book.EquityAt(bars[i].Close));
        }
        var result = run.Finish();

        trader.Probe.Checked.ShouldBe(bars.Length);
        (trader.Fills > 20).ShouldBeTrue("the test is about fills");
        result.Equity.Final.ShouldBe(curve[^1]);
        (settings.Cash + recorder.Trades.Concat(recorder.Parts).Sum(t => t.NetProfit)).ShouldBe(result.Equity.Final, settings.Cash * 1e-10);
        (recorder.Closed.Count() + recorder.Parts.Count).ShouldBe(result.Trades.Trades);

        SumsAreThoseOfTheCurve(result, settings.Cash, curve, bars);

        // Every trade was opened by a signal of its number, no earlier than the bar after it, and every signal ends once.
        foreach (var trade in recorder.Trades.Concat(recorder.Parts))
        {
            var signal = recorder.Signals.Single(s => s.Number == trade.Number);
            signal.Side.ShouldBe(trade.Side);
            (execution.Fill == FillTiming.SameClose ? trade.EntryTime >= signal.Time : trade.EntryTime > signal.Time).ShouldBeTrue();
            (trade.ExitTime >= trade.EntryTime).ShouldBeTrue();
            (trade.AdverseExcursion >= 0 && trade.FavourableExcursion >= 0).ShouldBeTrue();
            recorder.Entries.Count(e => e.Number == trade.Number).ShouldBe(1);
        }
        recorder.Signals.Select(s => s.Number)
            .ShouldBe(recorder.Trades.Select(t => t.Number).Concat(recorder.Ended.Select(e => e.Number)).Order());
        if (execution.Fill == FillTiming.NextOpen) trader.Orders.Values.Count(o => !o.State.IsFinal()).ShouldBeLessThan(60);
    }

    private static void SumsAreThoseOfTheCurve(StrategyResult result, double cash, List<double> curve, Bar[] bars)
    {
        var (peak, previous) = (cash, cash);
        var (sum, squares, depth) = (0.0, 0.0, 0.0);
        foreach (var e in curve)
        {
            peak = Math.Max(peak, e);
            depth = Math.Max(depth, 1 - e / peak);
            sum += e / previous - 1;
            squares += (e / previous - 1) * (e / previous - 1);
            previous = e;
        }
        result.Equity.MaxDrawdown.ShouldBe(depth, 1e-12);
        // The same drawdown in the same days as from the curve point by point.
        var accumulator = new Granary.Engine.Analysis.EquityAccumulator();
        for (var i = 0; i < curve.Count; i++) accumulator.Add(bars[i].Time, curve[i]);
        var statistics = accumulator.Measure(252);
        (result.Equity.MaxDrawdownTicks / (double)TimeSpan.TicksPerDay).ShouldBe(statistics.MaxDrawdownDays);
        (result.Equity.LongestUnderwaterTicks / (double)TimeSpan.TicksPerDay).ShouldBe(statistics.LongestUnderwaterDays);
        result.Equity.SumOfReturns.ShouldBe(sum, 1e-9);
        result.Equity.SumOfSquares.ShouldBe(squares, squares * 1e-9);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Cash_is_never_spent_twice(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        settings = settings with { Sides = Sides.Long, MaxOpenTrades = 4 };
        series = series with { Instrument = series.Instrument with { MarginPerUnit = 0 } };
        var lowest = double.PositiveInfinity;
        var recorder = new TradeRecorder();
        var plan = new FactorPlan();
        var run = new StrategyRun("random", new RandomTrader(seed, byHand: false), series, settings, execution, plan, recorder);
        var pipeline = new FeedPipeline(series, plan);
        for (var i = 0; i < bars.Length; i++)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, 1)));
            run.Process(prepared);
            pipeline.Return(prepared);
            lowest = Math.Min(lowest, run.Book.Cash);
        }
        (lowest >= -settings.Cash * 1e-9).ShouldBeTrue($"cash fell to {lowest}");
        recorder.Trades.Count.ShouldBeGreaterThan(0);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Blocks_of_any_size_give_the_same_result_to_the_last_bit(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        var byHand = seed % 2 == 0;
        StrategyResult Run(int blockSize, bool listening, bool observed)
        {
            var recorder = new TradeRecorder();
            RandomTrader trader = listening ? new CountingTrader(seed, byHand) : new RandomTrader(seed, byHand);
            return SingleRun.Of(trader, series, bars, settings, execution, observed ? recorder : null, blockSize) with { Id = "" };
        }
        var expected = Run(1024, listening: false, observed: false);
        expected.Trades.Trades.ShouldBeGreaterThan(0);
        foreach (var size in new[] { 1, 2, 3, 5, 7, 64, 1023, 4096 })
            Run(size, listening: false, observed: false).ShouldBe(expected, $"blocks of {size}");
        // Who listens or looks on changes nothing.
        Run(1024, listening: true, observed: false).ShouldBe(expected);
        Run(13, listening: true, observed: true).ShouldBe(expected);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_strategy_that_acts_at_crossings_has_the_same_result_whatever_lies_between_its_blocks(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        execution = execution with { BorrowFeeRate = seed % 3 * 4, MarginRate = seed % 3 * 5, Leverage = seed % 4 == 0 ? 2 : 0 };
        // Of which no stop or target disturbs the rest between two crossings in most cases.
        settings = settings with { TradeFrom = bars[seed % 5 * 40].Time, TradeUntil = bars[^(1 + seed % 3 * 70)].Time };
        if (seed % 4 > 0) settings = settings with { StopLossPercent = 0, TakeProfitPercent = 0, TrailingStopPercent = 0, MaxBars = 0 };
        if (settings.Size.Kind == SizeKind.RiskPercent) settings = settings with { Size = SizeRule.PercentOfEquity(40) };
        StrategyResult Run(IReadOnlyList<BarBlock> blocks, int ahead, IRunListener? listener) =>
            SingleRun.Of(new SmaCross(2, 7), series, blocks, settings, execution, listener, ahead);
        IReadOnlyList<BarBlock> Cut(Func<int> length)
        {
            var blocks = new List<BarBlock>();
            for (int i = 0, n; i < bars.Length; i += n)
                blocks.Add(BarBlock.FromBars(i, bars.AsSpan(i, n = Math.Min(length(), bars.Length - i))));
            return blocks;
        }
        var recorder = new TradeRecorder();
        var expected = Run(Cut(() => 4096), 0, recorder);
        expected.Trades.Trades.ShouldBeGreaterThan(0);
        var random = new Random(seed);
        int[] lengths = [1, 1, 1, 3, 17, 64, 65, 300];
        foreach (var ahead in new[] { 0, 1, 2 })
        {
            Run(Cut(() => 1), ahead, null).ShouldBe(expected, $"{ahead} ahead");
            var again = new TradeRecorder();
            Run(Cut(() => lengths[random.Next(lengths.Length)]), ahead, again).ShouldBe(expected, $"mixed, {ahead} ahead");
            // With how far each trade went for and against.
            again.Trades.ShouldBe(recorder.Trades);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Taking_the_future_away_leaves_the_past_as_it_was(int seed)
    {
        var (series, bars, settings, execution) = Given(seed);
        var all = new TradeRecorder();
        SingleRun.Of(new RandomTrader(seed, byHand: true), series, bars, settings, execution, all);
        var cut = new Random(seed).Next(200, bars.Length - 1);
        var past = new TradeRecorder();
        SingleRun.Of(new RandomTrader(seed, byHand: true), series, bars.AsSpan(0, cut), settings, execution, past);
        var until = bars[cut - 1].Time;
        // (A netting order's signal is made when it opens a trade, and carries the time of the order.)
        past.Signals.SequenceEqual(all.Signals.Take(past.Signals.Count)).ShouldBeTrue();
        all.Signals.Skip(past.Signals.Count).All(s => s.Time > until || all.Entries.Single(e => e.Number == s.Number).Time > until)
            .ShouldBeTrue();
        past.Entries.SequenceEqual(all.Entries.Where(e => e.Time <= until)).ShouldBeTrue();
        past.Closed.SequenceEqual(all.Closed.Where(t => t.ExitTime <= until)).ShouldBeTrue();
    }

    [Fact]
    public void An_order_moves_along_its_life_cycle_and_nowhere_else()
    {
        (OrderState From, OrderState To)[] legal =
        [
            (OrderState.New, OrderState.Submitted), (OrderState.New, OrderState.Rejected), (OrderState.New, OrderState.Cancelled),
            (OrderState.Submitted, OrderState.PartiallyFilled), (OrderState.Submitted, OrderState.Filled),
            (OrderState.Submitted, OrderState.Cancelled),
            (OrderState.Submitted, OrderState.Rejected), (OrderState.Submitted, OrderState.Expired),
            (OrderState.PartiallyFilled, OrderState.PartiallyFilled), (OrderState.PartiallyFilled, OrderState.Filled),
            (OrderState.PartiallyFilled, OrderState.Cancelled), (OrderState.PartiallyFilled, OrderState.Expired),
            (OrderState.Filled, OrderState.Closed), (OrderState.Cancelled, OrderState.Closed), (OrderState.Rejected, OrderState.Closed),
            (OrderState.Expired, OrderState.Closed),
        ];
        foreach (var from in Enum.GetValues<OrderState>())
            foreach (var to in Enum.GetValues<OrderState>())
            {
                from.CanBecome(to).ShouldBe(legal.Contains((from, to)), $"{from} to {to}");
                if (from.IsFinal() && to != OrderState.Closed) from.CanBecome(to).ShouldBeFalse();
            }
    }

    private sealed class CountingTrader(int seed, bool byHand) : RandomTrader(seed, byHand)
    {
        private int _count;

        public override void OnOrder(StrategyContext bar, in Order order) => _count++;

        public override void OnTrade(StrategyContext bar, in Trade trade) => _count++;
    }
}
