using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>What happens to positions, orders and prices where a future moves from one contract to the next.</summary>
public sealed class RollTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 14, 30, 0, DateTimeKind.Utc);

    private static Instrument Chain(PriceAdjustment adjust, params ListingChange[] changes) => new()
    {
        Symbol = "ES",
        Multiplier = 50,
        MarginPerUnit = 1_000,
        TickSize = 0.25,
        Adjust = adjust,
        Changes = new ListingChanges("ESH4", changes),
    };

    private static ListingChange Roll(int bar, double old, double @new, string from = "ESH4", string to = "ESM4") =>
        new(Start.AddMinutes(bar).Ticks, from, to, ListingChangeKind.Roll, old, @new);

    private static ListingChange End(int bar, double price, string from = "ESH4", string to = "") =>
        new(Start.AddMinutes(bar).Ticks, from, to, ListingChangeKind.End, price, 0);

    private static readonly ExecutionSettings PerContract = new() { Fee = new PerUnitFee(2) };

    private static TradingSettings One => new() { Cash = 100_000, Size = SizeRule.Units(1) };

    [Theory]
    [InlineData(Side.Buy, PriceAdjustment.None)]
    [InlineData(Side.Sell, PriceAdjustment.Difference)]
    [InlineData(Side.Buy, PriceAdjustment.Ratio)]
    public void A_gap_of_33_points_is_no_profit_and_the_trade_stays_one(Side side, PriceAdjustment adjust)
    {
        var s = new Scenario { Instrument = Chain(adjust, Roll(3, 4_010, 4_043)), Settings = One, Execution = PerContract }
            .Bar(4_000, 4_000, 4_000, 4_000, b => b.Enter(side)).Bar(4_000, 4_005, 3_995, 4_002).Bar(4_002, 4_010, 4_000, 4_008)
            // The old contract opens at 4,010, the new one at 4,043.
            .Bar(4_043, 4_050, 4_040, 4_045, b => b.Exit()).Bar(4_047, 4_047, 4_047, 4_047);
        var result = s.Run();
        var trade = s.Closed.Single();
        // ESH4 from 4,000 to 4,010, ESM4 from 4,043 to 4,047: 14 points of 50; four orders of 2.
        trade.Profit.ShouldBe((int)side * 14 * 50, 1e-9);
        (trade.EntryPrice, trade.ExitPrice).ShouldBe((4_000, 4_047));
        trade.RollProfit.ShouldBe((int)side * -33 * 50, 1e-9);
        trade.Commission.ShouldBe(8);
        result.Equity.Final.ShouldBe(100_000 + (int)side * 700 - 8, 1e-9);
        result.Trades.Trades.ShouldBe(1);
    }

    [Theory]
    [InlineData(PriceAdjustment.None, 4_013)]
    [InlineData(PriceAdjustment.Difference, 4_013)]
    // 3,980 · 4,043 / 4,010 = 4,012.75 on the tick.
    [InlineData(PriceAdjustment.Ratio, 4_012.75)]
    public void A_stop_stands_where_it_stood(PriceAdjustment adjust, double stop)
    {
        var s = new Scenario { Instrument = Chain(adjust, Roll(2, 4_010, 4_043)), Settings = One }
            .Bar(4_000, 4_000, 4_000, 4_000, b => b.Enter(Side.Buy, new EntryOptions { StopLoss = 3_980 }))
            .Bar(4_000, 4_005, 3_995, 4_002)
            .Bar(4_043, 4_050, 4_040, 4_045).Bar(4_045, 4_046, 4_000, 4_005);
        s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Stop, stop));
    }

    [Fact]
    public void A_working_limit_moves_with_the_contract_and_takes_no_part_in_the_roll()
    {
        var s = new Scenario
        {
            Instrument = Chain(PriceAdjustment.Difference, Roll(2, 4_010, 4_043)),
            Settings = One,
            Execution = PerContract,
        }
            .Bar(4_000, 4_000, 4_000, 4_000, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 3_990 }))
            .Bar(4_000, 4_005, 3_995, 4_002)
            // 3,990 is 4,023 of the new contract.
            .Bar(4_043, 4_050, 4_024, 4_045).Bar(4_045, 4_046, 4_020, 4_030);
        s.Run();
        var trade = s.Trades.Single();
        (trade.EntryPrice, trade.EntryTime, trade.RollProfit).ShouldBe((4_023, Start.AddMinutes(3).Ticks, 0));
    }

    [Fact]
    public void Two_rolls_in_a_week_and_a_part_closed_between_them_are_the_sum_of_the_contracts_trades()
    {
        var s = new Scenario
        {
            Instrument = Chain(PriceAdjustment.Difference, Roll(2, 102, 110), Roll(4, 113, 100, "ESM4", "ESU4")),
            Settings = One with { Size = SizeRule.Units(4) },
            Execution = PerContract,
        }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 101)
            .Bar(110, 112, 109, 111, b => b.Submit(new OrderRequest(Side.Sell, 1))).Bar(112, 114, 111, 113)
            .Bar(100, 104, 99, 103, b => b.Exit()).Bar(105, 105, 105, 105);
        var result = s.Run();
        var trade = s.Closed.Single();
        // 4 of H4 from 100 to 102; 1 of M4 from 110 to 112 and 3 to 113; 3 of U4 from 100 to 105.
        const double points = 4 * 2 + 1 * 2 + 3 * 3 + 3 * 5;
        trade.Profit.ShouldBe(points * 50, 1e-9);
        // Orders of 4, 4 + 4, 1, 3 + 3 and 3 contracts.
        trade.Commission.ShouldBe((4 + 8 + 1 + 6 + 3) * 2);
        // Gaps of +8 on 4 and of -13 on 3.
        trade.RollProfit.ShouldBe((-8 * 4 + 13 * 3) * 50, 1e-9);
        trade.EntryPrice.ShouldBe(100, 1e-9);
        trade.ExitPrice.ShouldBe((112 + 3 * 105) / 4.0, 1e-9);
        (trade.Profit - trade.RollProfit).ShouldBe((trade.ExitPrice - trade.EntryPrice) * 4 * 50, 1e-6);
        result.Equity.Final.ShouldBe(100_000 + points * 50 - 44, 1e-9);
    }

    [Fact]
    public void A_roll_pays_the_slippage_of_both_orders()
    {
        var s = new Scenario
        {
            Instrument = Chain(PriceAdjustment.None, Roll(2, 4_010, 4_043)),
            Settings = One,
            Execution = new ExecutionSettings { Slippage = new TickSlippage(2) },
        }
            .Bar(4_000, 4_000, 4_000, 4_000, b => b.Enter(Side.Buy)).Bar(4_000, 4_005, 3_995, 4_002)
            .Bar(4_043, 4_050, 4_040, 4_045, b => b.Exit()).Bar(4_047, 4_049, 4_045, 4_047);
        s.Run();
        // H4 bought at 4,000.5 and sold at 4,009.5; M4 bought at 4,043.5 and sold at 4,046.5.
        s.Closed.Single().Profit.ShouldBe((9 + 3) * 50, 1e-9);
    }

    [Theory]
    [InlineData(PriceAdjustment.None, 4_043, 4_045, 4_033)]
    [InlineData(PriceAdjustment.Difference, 4_010, 4_012, 4_000)]
    public void A_strategy_sees_and_gives_adjusted_prices(PriceAdjustment adjust, double open, double close, double entry)
    {
        double seenOpen = 0, seenClose = 0, seenEntry = 0, average = 0, equity = 0;
        var s = new Scenario { Instrument = Chain(adjust, Roll(2, 4_010, 4_043)), Settings = One }
            .Bar(4_000, 4_000, 4_000, 4_000, b => b.Enter(Side.Buy)).Bar(4_000, 4_005, 3_995, 4_002)
            .Bar(4_043, 4_050, 4_040, 4_045, b =>
            {
                (seenOpen, seenClose, seenEntry, average, equity) = (b.Open, b.Close, b.EntryPrice, b.Position.AveragePrice, b.Equity);
                b.TradedClose.ShouldBe(4_045);
                b.MoveStop(Side.Buy, close - 10);
            }).Bar(4_045, 4_046, 4_020, 4_030);
        s.Run();
        (seenOpen, seenClose, seenEntry, average).ShouldBe((open, close, entry, entry));
        // 4,000 to 4,010, then 4,043 to 4,045.
        equity.ShouldBe(100_000 + 12 * 50);
        (s.Closed.Single().Reason, s.Closed.Single().ExitPrice).ShouldBe((ExitReason.Stop, 4_035));
    }

    [Fact]
    public void At_expiry_what_is_left_is_settled_at_the_last_price_and_nothing_is_entered()
    {
        var s = new Scenario { Instrument = Chain(PriceAdjustment.None, End(2, 4_012)), Settings = One, Execution = PerContract }
            .Bar(4_000, 4_000, 4_000, 4_000, b => b.Enter(Side.Sell))
            .Bar(4_000, 4_005, 3_995, 4_002, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 3_000 }))
            .Bar(4_010, 4_015, 4_008, 4_012, b => b.Enter(Side.Sell));
        var result = s.Run();
        var trade = s.Trades.Single();
        (trade.Reason, trade.ExitPrice, trade.ExitTime).ShouldBe((ExitReason.Expired, 4_012, Start.AddMinutes(2).Ticks));
        result.SignalEnds[SignalEnd.Cancelled].ShouldBe(1);
        result.SignalEnds[SignalEnd.Delisted].ShouldBe(1);
        result.Equity.Final.ShouldBe(100_000 - 12 * 50 - 4, 1e-9);
    }

    [Fact]
    public void After_an_end_factors_and_crossings_begin_again()
    {
        List<(int Bar, double Average)> seen = [];
        var instrument = Chain(PriceAdjustment.None, End(3, 13, to: "ESM4"));
        var bars = new double[] { 10, 11, 12, 13, 100, 102, 104, 106 }
            .Select((p, i) => new Bar(Start.AddMinutes(i).Ticks, p, p, p, p, 1)).ToArray();
        foreach (var size in new[] { 1, 3, 4, 8 })
        {
            seen.Clear();
            SingleRun.Of(new SeesAverage(seen), new MarketSeries(instrument, Timeframe.M1), bars, One, new ExecutionSettings(), null, size);
            seen.ShouldBe([(2, 11), (3, 12), (6, 102), (7, 104)]);
        }
    }

    [Fact]
    public void An_end_that_becomes_known_with_the_next_listing_settles_at_the_same_price()
    {
        List<(int Bar, double Average)> seen = [];
        var instrument = Chain(PriceAdjustment.None);
        var recorder = new TradeRecorder();
        var run = new StreamedRun(new EntersOnce(seen), new MarketSeries(instrument, Timeframe.M1), One, recorder);
        double[] prices = [10, 11, 12, 13, 100, 102, 104, 106];
        for (var i = 0; i < prices.Length; i++)
        {
            if (i == 4) instrument.Changes.Add(End(3, 13, to: "ESM4"));
            run.Add(new Bar(Start.AddMinutes(i).Ticks, prices[i], prices[i], prices[i], prices[i], 1));
        }
        run.Finish();
        seen.ShouldBe([(2, 11), (3, 12), (6, 102), (7, 104)]);
        (recorder.Trades[0].Reason, recorder.Trades[0].ExitPrice).ShouldBe((ExitReason.Expired, 13));
    }

    private sealed class EntersOnce(List<(int, double)> seen) : SeesAverage(seen)
    {
        public override void OnBar(StrategyContext bar)
        {
            base.OnBar(bar);
            if (bar.BarNumber == 2) bar.Enter(Side.Buy);
        }
    }

    // A run to which bars come one by one, as in a session.
    private sealed class StreamedRun
    {
        private readonly FactorPlan _plan = new();
        private readonly StrategyRun _run;
        private readonly FeedPipeline _pipeline;
        private long _bars;

        public StreamedRun(Strategy strategy, MarketSeries series, TradingSettings settings, IRunListener listener)
        {
            _run = new StrategyRun("streamed", strategy, series, settings, new ExecutionSettings(), _plan, listener);
            _pipeline = new FeedPipeline(series, _plan);
        }

        public void Add(Bar bar)
        {
            var prepared = _pipeline.Prepare(BarBlock.FromBars(_bars++, [bar]));
            _run.Process(prepared);
            _pipeline.Return(prepared);
        }

        public void Finish() => _run.Finish();
    }

    private class SeesAverage : Strategy
    {
        private readonly List<(int, double)> _seen;
        private readonly Factor _average;

        public SeesAverage(List<(int, double)> seen) => (_seen, _average) = (seen, Use("sma", 3));

        public override void OnBar(StrategyContext bar) => _seen.Add(((int)bar.BarNumber, bar[_average]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(512)]
    public void The_length_of_blocks_changes_nothing(int size)
    {
        var bars = RandomChain.Of(7, out var instrument);
        var series = new MarketSeries(instrument, Timeframe.M1);
        var settings = One with { StopLossPercent = 2 };
        var whole = SingleRun.Of(new RandomTrader(3, byHand: true), series, bars, settings, PerContract);
        var parts = SingleRun.Of(new RandomTrader(3, byHand: true), series, bars, settings, PerContract, null, size);
        parts.Digest.ShouldBe(whole.Digest);
        whole.Trades.Trades.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void On_20_April_2020_a_price_below_zero_is_a_price_and_a_percentage_of_it_is_refused()
    {
        var percents = new ExecutionSettings { Fee = new PercentFee(0.1) };
        var s = new Scenario { Instrument = Chain(PriceAdjustment.Difference), Settings = One, Execution = percents }
            .Bar(18, 18, 17, 17, b => b.Enter(Side.Buy)).Bar(10, 11, -40, -37.5, b => b.Exit())
            .Bar(-14, -10, -15, -12, b => b.Enter(Side.Sell))
            .Bar(-13, -12, -14, -13);
        var result = s.Run();
        var trade = s.Closed.Single();
        trade.Profit.ShouldBe(-24 * 50);
        // 0.1 % of 10 and of 14 points.
        trade.Commission.ShouldBe(24 * 50 * 0.001, 1e-9);
        s.Trades.Count.ShouldBe(2);

        var percent = new Scenario { Instrument = Chain(PriceAdjustment.Difference), Settings = One with { StopLossPercent = 2 } }
            .Bar(-13, -12, -14, -13, b => b.Enter(Side.Buy)).Bar(-13, -12, -14, -13);
        percent.Run().SignalEnds[SignalEnd.PriceNotPositive].ShouldBe(1);
        percent.Trades.ShouldBeEmpty();
    }
}
