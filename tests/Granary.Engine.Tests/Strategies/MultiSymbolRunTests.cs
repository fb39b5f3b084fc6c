using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

public sealed class MultiSymbolRunTests
{
    private static readonly ExecutionSettings Costs = new() { Fee = new PercentFee(0.1), Slippage = new PercentSlippage(0.02) };

    /// <summary>Does anything to any symbol, as a seed decides, and checks the account in every time slice.</summary>
    private sealed class Gambler : MultiSymbolStrategy
    {
        private readonly Random _random;
        private readonly bool _longOnly;
        private readonly Factor _average;
        private readonly double _start;

        public Gambler(int seed, double start, bool longOnly = false)
        {
            (_random, _start, _longOnly) = (new Random(seed), start, longOnly);
            _average = Use("sma", 5);
        }

        public List<(long Time, double Equity)> Seen { get; } = [];

        public int Closed { get; private set; }

        public override void OnTrade(SymbolContext symbol, in Trade trade) => Closed++;

        public override void OnBar(MultiSymbolContext bar)
        {
            Seen.Add((bar.Time.Ticks, bar.Equity));
            var value = bar.Cash;
            foreach (var symbol in bar.Symbols) value += symbol.PositionValue;
            value.ShouldBe(bar.Equity, 1e-9 * _start);
            if (_longOnly) bar.Cash.ShouldBeGreaterThan(-1e-6);

            foreach (var symbol in bar.Symbols)
            {
                if (!symbol.IsReady) continue;
                // Drawn for each symbol and time slice alike, so that the draws do not depend on anything else.
                var what = _random.Next(24);
                var side = _longOnly || _random.Next(2) == 0 ? Side.Buy : Side.Sell;
                switch (what)
                {
                    case 0: symbol.Enter(side); break;
                    case 1:
                        symbol.Enter(side,
                        new EntryOptions { Type = OrderType.Limit, LimitPrice = symbol.Close * (1 - (int)side * 0.01) }); break;
                    case 2:
                        symbol.Enter(side, new EntryOptions
                        {
                            Type = OrderType.Stop,
                            StopPrice = symbol.Close * (1 + (int)side * 0.01),
                            TakeProfit = symbol.Close * (1 + (int)side * 0.03)
                        }); break;
                    case 3:
                        symbol.Enter(side,
                        new EntryOptions { StopLoss = symbol.Close * (1 - (int)side * 0.02), SizeFactor = 0.5 }); break;
                    case 4: symbol.Exit(); break;
                    case 5: symbol.Exit(side); break;
                    case 6: if (_longOnly || symbol[_average] > 0) symbol.OrderTargetPercent((int)side * 20); break;
                    case 7: symbol.ExitOnClose(side); break;
                    default: break;
                }
            }
        }
    }

    private static TradingSettings Settings(double cash) =>
        new() { Cash = cash, Size = SizeRule.PercentOfEquity(60), MaxOpenTrades = 2 };

    /// <summary>The keys of entries and exits beyond one stop and one target.</summary>
    public static TradingSettings Exits(double cash) => Settings(cash) with
    {
        Size = SizeRule.PercentOfEquity(15),
        TakeProfit = [new() { Percent = 0.3, Share = 0.4 }, new() { Percent = 0.8, Share = 0.4 }],
        StopLossAtr = 3,
        TrailingStopAtr = 4,
        TrailingStartPercent = 0.5,
        EntryOrder = EntryOrder.Limit,
        EntryOffsetAtr = 0.3,
        SignalValid = TimeSpan.FromHours(2),
        ScaleIn = [new() { Percent = 0.4, Share = 0.5 }, new() { Percent = -0.4, Share = 0.5 }],
    };

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Targets_in_parts_ranges_entry_orders_and_steps_do_not_depend_on_blocks_and_explain_the_equity(int seed)
    {
        const double start = 10_000;
        var outcome = MultiSymbolRunner.Run(new Gambler(seed, start), Feeds(seed), Exits(start), Costs);
        var trades = outcome.Symbols.SelectMany(s => s.Trades.Concat(s.Parts)).ToList();
        (start + trades.Sum(t => t.Profit - t.Commission)).ShouldBe(outcome.Result.Equity.Final, 1e-8 * start);
        trades.Count(t => t.Reason == ExitReason.Target).ShouldBeGreaterThan(10);
        trades.Count(t => t.Reason == ExitReason.TrailingStop).ShouldBeGreaterThan(3);
        var again = MultiSymbolRunner.Run(new Gambler(seed, start), Feeds(seed), Exits(start), Costs, [1, 7, 300], 13);
        again.Result.Digest.ShouldBe(outcome.Result.Digest);
    }

    // Three symbols with holes at different places; the third is listed later and ends earlier.
    private static List<SampleBars.Feed> Feeds(int seed, int count = 1500)
    {
        var feeds = new List<SampleBars.Feed>();
        for (var s = 0; s < 3; s++)
        {
            var feed = SampleBars.Random(seed * 10 + s, count, Timeframe.M5);
            feeds.Add((s < 2 ? feed : feed with { Bars = feed.Bars[200..^150] }).Named("S" + s));
        }
        return feeds;
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Cash_and_positions_are_the_equity_at_every_timestamp_and_trades_explain_its_change(int seed, bool longOnly)
    {
        const double start = 10_000;
        var strategy = new Gambler(seed, start, longOnly);
        var outcome = MultiSymbolRunner.Run(strategy, Feeds(seed), Settings(start), Costs);

        outcome.Result.Trades.Trades.ShouldBeGreaterThan(50);
        strategy.Closed.ShouldBe(outcome.Result.Trades.Trades);
        var trades = outcome.Symbols.SelectMany(s => s.Trades).ToList();
        (start + trades.Sum(t => t.Profit - t.Commission)).ShouldBe(outcome.Result.Equity.Final, 1e-8 * start);
        trades.Where(t => t.Reason != ExitReason.Open).Sum(t => t.NetProfit).ShouldBe(outcome.Result.Trades.NetProfit, 1e-8 * start);
        trades.Select(t => t.Number).Distinct().Count().ShouldBe(trades.Count);
        foreach (var (symbol, feed) in outcome.Symbols.Zip(Feeds(seed)))
            foreach (var trade in symbol.Closed)
            {
                var bar = feed.Bars.Single(b => b.Time == trade.EntryTime);
                trade.EntryPrice.ShouldBeInRange(bar.Low, bar.High);
            }
    }

    [Fact]
    public void The_result_does_not_depend_on_how_the_feeds_or_the_timeline_are_cut()
    {
        var feeds = Feeds(7);
        var whole = MultiSymbolRunner.Run(new Gambler(7, 10_000), feeds, Settings(10_000), Costs, [4096], rows: 4096);
        foreach (var (blocks, rows) in ((int[], int)[])[([1], 1), ([1], 4096), ([7, 100, 33], 64), ([500, 1, 3], 1000), ([64, 64, 64], 3)])
        {
            var cut = MultiSymbolRunner.Run(new Gambler(7, 10_000), feeds, Settings(10_000), Costs, blocks, rows);
            cut.Result.ShouldBe(whole.Result);
            for (var s = 0; s < 3; s++) cut.Symbols[s].Trades.ShouldBe(whole.Symbols[s].Trades);
        }
    }

    [Fact]
    public void The_future_does_not_touch_what_came_before()
    {
        var feeds = Feeds(8);
        var whole = new Gambler(8, 10_000);
        var all = MultiSymbolRunner.Run(whole, feeds, Settings(10_000), Costs);
        foreach (var share in (double[])[0.2, 0.5, 0.8])
        {
            var end = feeds[0].Bars[(int)(feeds[0].Bars.Length * share)].Time;
            var cut = new Gambler(8, 10_000);
            var outcome = MultiSymbolRunner.Run(cut, [.. feeds.Select(f => f with { Bars = [.. f.Bars.Where(b => b.Time < end)] })],
                Settings(10_000), Costs);

            cut.Seen.ShouldBe(whole.Seen.Take(cut.Seen.Count));
            for (var s = 0; s < 3; s++)
            {
                outcome.Symbols[s].Signals.ShouldBe(all.Symbols[s].Signals.Take(outcome.Symbols[s].Signals.Count));
                outcome.Symbols[s].Closed.ShouldBe(all.Symbols[s].Trades.Take(outcome.Symbols[s].Closed.Count));
            }
        }
    }

    /// <summary>Sells all of one symbol and buys the other with the money, in one breath.</summary>
    private sealed class Switcher : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            if (bar.BarNumber == 0) bar.Symbols[1].Enter(Side.Buy);
            if (bar.BarNumber != 3) return;
            bar.Symbols[1].Exit();
            bar.Symbols[0].Enter(Side.Buy);
        }
    }

    private static SampleBars.Feed Prices(string symbol, params double[] prices) => PricesFrom(symbol, 0, prices);

    private static SampleBars.Feed PricesFrom(string symbol, int first, params double[] prices) => new SampleBars.Feed(
        SampleBars.Series(Timeframe.D1),
        [.. prices.Select((p, i) => new Bar(new DateTime(2024, 1, 1).AddDays(first + i).Ticks, p, p, p, p, 1000))]).Named(symbol);

    [Fact]
    public void What_an_exit_brings_pays_for_the_entry_in_another_symbol_at_the_same_open()
    {
        var outcome = MultiSymbolRunner.Run(new Switcher(), [Prices("A", 10, 10, 10, 10, 10, 10), Prices("B", 20, 20, 20, 20, 20, 20)],
            new TradingSettings { Cash = 1000, Size = SizeRule.PercentOfEquity(100) });

        outcome.Symbols[1].Closed.Count.ShouldBe(1);
        outcome.Symbols[0].Trades.Single().Quantity.ShouldBe(100);
        outcome.Symbols.SelectMany(s => s.Ended).ShouldBeEmpty();
    }

    /// <summary>Puts all its cash into every symbol at once.</summary>
    private sealed class Greedy : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            if (bar.BarNumber > 0) return;
            foreach (var symbol in bar.Symbols) symbol.Enter(Side.Buy);
        }
    }

    [Fact]
    public void Cash_is_not_promised_twice_to_two_symbols()
    {
        var outcome = MultiSymbolRunner.Run(new Greedy(), [Prices("A", 10, 10, 10), Prices("B", 20, 20, 20)],
            new TradingSettings { Cash = 1000, Size = SizeRule.PercentOfEquity(90) });

        outcome.Symbols[0].Trades.Count.ShouldBe(1);
        outcome.Symbols[1].Trades.ShouldBeEmpty();
        outcome.Symbols[1].Ended.Single().End.ShouldBe(SignalEnd.NoCash);
    }

    /// <summary>Enters the first symbol at its last bar, and the second later.</summary>
    private sealed class LastBarThenOther : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            if (bar.BarNumber == 2) bar.Symbols[0].Enter(Side.Buy);
            if (bar.BarNumber is 5 or 9) bar.Symbols[1].Enter(Side.Buy);
        }
    }

    [Fact]
    public void An_entry_in_a_symbol_that_stops_trading_expires_and_frees_the_cash_of_the_account()
    {
        var outcome = MultiSymbolRunner.Run(new LastBarThenOther(),
            [Prices("A", 10, 10, 10), Prices("B", 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20)],
            new TradingSettings { Cash = 1000, Size = SizeRule.PercentOfEquity(90) });

        outcome.Symbols[0].Ended.Single().End.ShouldBe(SignalEnd.Expired);
        outcome.Symbols[1].Ended.Single().End.ShouldBe(SignalEnd.NoCash);
        outcome.Symbols[1].Trades.Count.ShouldBe(1);
    }

    /// <summary>Notes what it is shown of each symbol.</summary>
    private sealed class Witness : MultiSymbolStrategy
    {
        private readonly Factor _previous;

        public Witness() => _previous = Use("highest", 2);

        public List<string> Seen { get; } = [];

        public override void OnBar(MultiSymbolContext bar) => Seen.Add(string.Join(" | ", bar.Symbols.Select(s =>
            $"{bar.Time:dd} {s.Symbol} {(s.HasBar ? "bar" : "-")} {(s.IsReady ? "ready" : "-")} {s.Close} {s[_previous]}")));
    }

    /// <summary>Holds all symbols from its first bar on.</summary>
    private sealed class Holder : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var symbol in bar.Symbols)
                if (symbol is { HasBar: true, IsMember: true, InMarket: false }) symbol.Enter(Side.Buy);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_position_in_a_symbol_that_was_a_member_before_is_held_over_the_ends_of_blocks(int rows)
    {
        var a = SampleBars.Random(1, 60, Timeframe.D1).Named("A");
        // Out of the universe from the close of bar 19 to that of bar 29.
        var membership = new Membership(LeavePolicy.Close,
        [
            new MemberSpan(0, Timeframe.D1.CloseOf(a.Bars[19].Time)),
            new MemberSpan(Timeframe.D1.CloseOf(a.Bars[29].Time), Membership.Open),
        ]);
        a = a with { Series = a.Series with { Instrument = a.Series.Instrument with { Membership = membership } } };
        var b = SampleBars.Random(2, 60, Timeframe.D1).Named("B");

        var whole = MultiSymbolRunner.Run(new Holder(), [a, b], blocks: [60], rows: 60);
        var parts = MultiSymbolRunner.Run(new Holder(), [a, b], blocks: [rows], rows: rows);

        whole.Symbols[0].Trades.Count(t => t.Reason == ExitReason.LeftUniverse).ShouldBe(1, "A leaves once");
        parts.Result.Digest.ShouldBe(whole.Result.Digest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void A_symbol_without_a_bar_stands_at_its_last_one_and_before_its_first_at_nothing(int rows)
    {
        var a = Prices("A", 1, 2, 3, 4, 5);
        var b = PricesFrom("B", first: 1, 30, 20, 10);
        b = b with { Bars = [b.Bars[0], b.Bars[2]] };
        var witness = new Witness();
        MultiSymbolRunner.Run(witness, [a, b], blocks: [rows], rows: rows);

        witness.Seen.ShouldBe([
            "02 A bar ready 2 2 | 02 B bar - 30 NaN",
            "03 A bar ready 3 3 | 03 B - - 30 NaN",
            "04 A bar ready 4 4 | 04 B bar ready 10 30",
            "05 A bar ready 5 5 | 05 B - ready 10 30",
        ]);
    }

    /// <summary>Orders a symbol in a time slice in which only the other has a bar.</summary>
    private sealed class Impatient : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            if (bar.Symbols[0].HasBar && !bar.Symbols[1].HasBar && !double.IsNaN(bar.Symbols[1].Close)) bar.Symbols[1].Enter(Side.Buy);
            // Not listed yet: no order, and no fault.
            if (double.IsNaN(bar.Symbols[1].Close)) bar.Symbols[1].Enter(Side.Buy).IsNone.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(FillTiming.NextOpen)]
    [InlineData(FillTiming.SameClose)]
    public void An_order_for_a_symbol_without_a_bar_is_dated_now_and_waits_for_its_next_bar(FillTiming fill)
    {
        var a = Prices("A", 1, 2, 3, 4, 5);
        var b = PricesFrom("B", first: 1, 30, 20, 10);
        b = b with { Bars = [b.Bars[0], b.Bars[2]] };
        var outcome = MultiSymbolRunner.Run(new Impatient(), [a, b], execution: new ExecutionSettings { Fill = fill });

        var trade = outcome.Symbols[1].Trades.Single();
        trade.SignalTime.ShouldBe(a.Bars[2].Time);
        trade.EntryTime.ShouldBe(b.Bars[1].Time);
        trade.EntryPrice.ShouldBe(10);
    }

    [Fact]
    public void A_stop_works_on_the_bar_of_an_entry_that_used_up_the_last_order()
    {
        var falls = Prices("A", 10, 10, 10, 10);
        falls.Bars[1] = new Bar(falls.Bars[1].Time, 10, 10, 8, 8.5, 1000);
        var outcome = MultiSymbolRunner.Run(new Greedy(), [falls, Prices("B", 20, 20, 20, 20)],
            new TradingSettings { Cash = 1000, Size = SizeRule.Units(1), StopLossPercent = 10 });

        outcome.Symbols[0].Closed.Single()
            .ShouldSatisfyAllConditions(t => t.Reason.ShouldBe(ExitReason.Stop), t => t.ExitPrice.ShouldBe(9), t => t.Bars.ShouldBe(0));
    }

    /// <summary>Refuses every entry below a price.</summary>
    private sealed class OnlyAbove(double price) : IEntryModel
    {
        public string Name => "only-above";

        public IEntryFilter Attach(MarketSeries series, FactorPlan plan) =>
            new Filter(plan.Add(FactorCatalogue.BuiltIn.Request("close")), price);

        private sealed class Filter(int column, double price) : IEntryFilter
        {
            private double[] _close = [];

            public RunEventKinds Kinds => RunEventKinds.None;

            public void On(in RunEvent e)
            {
            }

            public void Bind(BarBlock block, FactorSheet sheet) => _close = sheet[column];

            EntryAdvice IEntryFilter.Advise(int index, Side side) =>
                _close[index] > price ? EntryAdvice.Take(_close[index]) : EntryAdvice.Refuse(_close[index]);
        }
    }

    [Fact]
    public void A_model_judges_each_entry_by_its_symbol_s_own_bars()
    {
        SampleBars.Feed[] feeds = [Prices("A", 10.0, 10, 10, 10), Prices("B", 20.0, 20, 20, 20)];
        var plans = feeds.Select(_ => new FactorPlan()).ToList();
        var records = feeds.Select(_ => new StrategyRunner.Record()).ToList();
        var series = feeds.Select(f => f.Series).ToList();
        var run = new MultiSymbolRun("x", new Greedy(), series, new TradingSettings { Size = SizeRule.Units(1) }, new ExecutionSettings(),
            plans, new SymbolListeners(records));
        run.FilterEntries(new OnlyAbove(15));
        var pipeline = new JoinedPipeline(series, plans);
        foreach (var block in MultiSymbolRunner.Join(feeds, [2], 3)) run.Process(pipeline.Prepare(block));
        run.Finish();

        records[0].Signals.Single().SizeFactor.ShouldBe(0);
        records[0].Signals.Single().Prediction.ShouldBe(10);
        records[1].Signals.Single().SizeFactor.ShouldBe(1);
    }

    /// <summary>Sells two symbols short at its first bar and asks for more at every bar.</summary>
    private sealed class ShortsAll : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var symbol in bar.Symbols) symbol.Enter(Side.Sell);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(3)]
    public void An_account_of_several_symbols_that_has_lost_its_equity_at_their_closes_is_closed(int rows)
    {
        SampleBars.Feed Rising(string symbol, double end)
        {
            var feed = SampleBars.Random(1, 40, Timeframe.D1);
            var bars = feed.Bars.Select((b, i) => (i < 20 ? 100 : end) is var p ? new Bar(b.Time, p, p, p, p, 1_000) : b).ToArray();
            return (feed with { Bars = bars }).Named(symbol);
        }

        var run = MultiSymbolRunner.Run(new ShortsAll(), [Rising("A", 400), Rising("B", 90)],
            new TradingSettings { Cash = 10_000, Size = SizeRule.Units(40) }, rows: rows);
        // Two shorts of 40 at 100: −40 · 300 + 40 · 10 is more than 10,000.
        run.Symbols.SelectMany(s => s.Trades).Select(t => t.Reason).ShouldBe([ExitReason.Ruined, ExitReason.Ruined]);
        run.Symbols.SelectMany(s => s.Trades).Sum(t => t.NetProfit).ShouldBe(-10_000, 1e-9);
        var equity = run.Result.Equity;
        (equity.Final, equity.MaxDrawdown, equity.SumOfReturns, equity.ExposedBars).ShouldBe((0, 1, -1, 19));
        run.Result.Signals.ShouldBe(2);
    }
}
