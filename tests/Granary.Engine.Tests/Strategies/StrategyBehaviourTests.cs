using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Each strategy on a price path drawn by hand, with its trades foretold.</summary>
public sealed class StrategyBehaviourTests
{
    private static IReadOnlyList<Trade> Trades(Strategy strategy, SampleBars.Feed feed, Sides sides = Sides.Both, int maxOpenTrades = 1) =>
        StrategyRunner.Run(strategy, feed,
            new TradingSettings { Cash = 100_000, Size = SizeRule.Units(1), Sides = sides, MaxOpenTrades = maxOpenTrades }).Trades;

    // The bar in which it was entered, the bar in which it was left, and why; counted from the feed's first bar.
    private static (Side Side, int Entry, int Exit, ExitReason Reason)[] Bars(IReadOnlyList<Trade> trades, SampleBars.Feed feed) =>
    [
        .. trades.Select(t => (t.Side, Array.FindIndex(feed.Bars, b => b.Time == t.EntryTime), Array.FindIndex(feed.Bars,
            b => b.Time == t.ExitTime), t.Reason)),
    ];

    [Fact]
    public void BuyAndHold_buys_at_the_second_bar_s_open_and_never_sells()
    {
        var feed = new PricePath(Timeframe.D1, 100).To(101, 102, 90, 120).Feed();
        Bars(Trades(new BuyAndHold(), feed), feed).ShouldBe([(Side.Buy, 1, 3, ExitReason.Open)]);
    }

    [Fact]
    public void BollingerReversion_buys_below_the_lower_band_and_leaves_at_the_middle()
    {
        // Twenty bars around 100 have a deviation of 1, so that 95 is far below; the middle then is a little below 100.
        var path = new PricePath(Timeframe.D1, 100).Waver(20, 1);
        var fall = path.Count;
        var feed = path.To(95, 96, 98, 101, 100).Feed();
        Bars(Trades(new BollingerReversion(), feed), feed).ShouldBe([(Side.Buy, fall + 1, fall + 4, ExitReason.Signal)]);
    }

    [Fact]
    public void DonchianBreakout_follows_a_new_high_and_leaves_below_the_shorter_channel()
    {
        var path = new PricePath(Timeframe.D1, 100).Waver(20, 1);
        var rise = path.Count;
        // Closes at 103 (above 101): in at the next open. The last three lows before the fall are 103, 104, 105: out below 103.
        var feed = path.To(103, 104, 105, 106, 102.5, 102.5).Feed();
        Bars(Trades(new DonchianBreakout(period: 20, exit: 3), feed), feed).ShouldBe([(Side.Buy, rise + 1, rise + 5, ExitReason.Signal)]);
    }

    [Fact]
    public void VolatilityBreakout_follows_a_jump_of_more_than_its_multiple_of_the_range_for_its_number_of_bars()
    {
        var path = new PricePath(Timeframe.D1, 100).Waver(20, 0.5);
        var jump = path.Count;
        var feed = path.To(103).To(103.1, 103.2, 103.1, 103, 103.1).Feed();
        // In at the open after the jump, out at the open after three closes in the trade.
        Bars(Trades(new VolatilityBreakout(period: 5, multiplier: 1.5, hold: 3), feed), feed)
            .ShouldBe([(Side.Buy, jump + 1, jump + 4, ExitReason.Signal)]);
    }

    [Fact]
    public void OpeningRangeBreakout_trades_each_side_of_the_first_minutes_once_and_is_flat_at_the_session_s_close()
    {
        // 09:30 in New York is 14:30 UTC in January.
        var path = new PricePath(Timeframe.M15, 100, new DateTime(2024, 1, 3, 14, 30, 0), SessionCalendar.NewYork());
        path.Bar(100, 101, 99.5, 100.5).Bar(100.5, 100.8, 99, 100); // range 99 … 101
        path.To(102); // bar 2: breaks out, in at bar 3
        path.To(100, 98.5); // bar 4: breaks down, out of the long and short at bar 5
        path.To(102, 103); // bar 5 closes above again: the short is left, but no second long
        for (var i = 0; i < 19; i++) path.To(103);
        path.At(new DateTime(2024, 1, 4, 14, 30, 0)).Bar(103, 104, 102, 103).Bar(103, 104, 102, 103).To(105);
        for (var i = 0; i < 23; i++) path.To(105.5);
        var feed = path.At(new DateTime(2024, 1, 5, 14, 30, 0)).To(105).Feed();

        var nextDay = 26;
        Bars(Trades(new OpeningRangeBreakout(30), feed), feed).ShouldBe([
            (Side.Buy, 3, 5, ExitReason.Signal),
            (Side.Sell, 5, 6, ExitReason.Signal),
            (Side.Buy, nextDay + 3, nextDay + 25, ExitReason.Signal),
        ]);
        var last = Trades(new OpeningRangeBreakout(30), feed)[2];
        new DateTime(last.ExitTime).TimeOfDay.ShouldBe(new TimeSpan(20, 45, 0));
        last.ExitPrice.ShouldBe(105.5);
    }

    [Fact]
    public void MeanReversion_buys_far_below_the_average_and_leaves_near_it()
    {
        var path = new PricePath(Timeframe.D1, 100).Waver(20, 1);
        var fall = path.Count;
        var feed = path.To(94, 95, 100, 100, 100).Feed();
        Bars(Trades(new MeanReversion(), feed), feed).ShouldBe([(Side.Buy, fall + 1, fall + 3, ExitReason.Signal)]);
    }

    [Fact]
    public void SupportResistanceBreakout_follows_a_close_through_prices_at_which_the_market_has_turned_twice()
    {
        // Three swings between 100 and 110, then through.
        var path = new PricePath(Timeframe.H1, 105);
        for (var i = 0; i < 4; i++) path.Climb(5, 1).Climb(10, -1).Climb(5, 1);
        var last = path.Count;
        var feed = path.Climb(10, 1).Feed();
        var trades = Bars(Trades(new SupportResistanceBreakout(n: 60, wing: 3), feed), feed);
        // 105 … 110, 111 is the sixth bar up: in at the seventh.
        trades.ShouldBe([(Side.Buy, last + 6, feed.Bars.Length - 1, ExitReason.Open)]);
    }

    [Fact]
    public void TrendDay_joins_a_wide_one_way_session_once_and_is_out_at_its_close()
    {
        var path = new PricePath(Timeframe.H1, 100, new DateTime(2024, 1, 1));
        // Three quiet days of range 2, then one that climbs all day.
        for (var day = 0; day < 3; day++) path.Waver(23, 1);
        var trend = path.Count;
        var feed = path.Climb(24, 0.5).Climb(5, 0).Feed();
        // The fourth bar closes at 102, a range of 2 and no less than the mean of the days before: in at the fifth, out at the close of the
        // 24th.
        Bars(Trades(new TrendDay(threshold: 0.8, wide: 1, days: 3), feed), feed)
            .ShouldBe([(Side.Buy, trend + 4, trend + 23, ExitReason.Signal)]);
    }

    [Fact]
    public void ReversalBreakout_buys_the_close_above_the_last_highs_after_a_new_low_and_a_newer_low_stops_it()
    {
        var path = new PricePath(Timeframe.D1, 100).Waver(20, 1).Climb(5, -2); // a new low at 90
        var low = path.Count - 1;
        // Bars after the low: 91.5 does not clear the last three highs (96, 94, 92 → the first two are above), 97 does.
        var feed = path.To(91.5, 97, 98, 89, 89).Feed();
        var trades = Trades(new ReversalBreakout(period: 20, fresh: 5, trigger: 3), feed);
        Bars(trades, feed).ShouldBe([(Side.Buy, low + 3, low + 4, ExitReason.Stop)]);
        trades[0].ExitPrice.ShouldBe(90);
    }

    [Fact]
    public void SupertrendFollow_turns_when_the_close_crosses_the_trailing_level()
    {
        var path = new PricePath(Timeframe.D1, 100).Climb(20, 1);
        var top = path.Count;
        // Range 1 a bar: the level trails some 3 below the middle; a fall of 2 a bar crosses it, and a climb of 2 back.
        var feed = path.Climb(6, -2).Climb(12, 2).Feed();
        var trades = Bars(Trades(new SupertrendFollow(period: 5, multiplier: 2), feed), feed);
        trades.Select(t => t.Side).ShouldBe([Side.Sell, Side.Buy]);
        trades[0].Entry.ShouldBeInRange(top + 2, top + 4);
        trades[0].Exit.ShouldBe(trades[1].Entry);
        trades[1].Reason.ShouldBe(ExitReason.Open);
    }

    [Fact]
    public void IchimokuTrend_is_in_above_the_cloud_and_out_below_the_base_line_and_waits_for_a_new_stance()
    {
        var path = new PricePath(Timeframe.D1, 100).Waver(40, 0.5);
        var rise = path.Count;
        var feed = path.Climb(15, 1).Climb(6, -2).Feed();
        var trades = Bars(Trades(new IchimokuTrend(3, 6, 12), feed, Sides.Long), feed);
        trades.Length.ShouldBe(1);
        trades[0].Entry.ShouldBeInRange(rise + 1, rise + 3);
        // The base line is the middle of six bars: 113.5 … 115 at the top, so that the second bar down is below it.
        trades[0].Exit.ShouldBeInRange(rise + 16, rise + 18);
        trades[0].Reason.ShouldBe(ExitReason.Signal);
    }

    [Theory]
    [InlineData(101.0, ExitReason.Target)] // comes back to the last close
    [InlineData(104.5, ExitReason.Stop)] // goes on
    [InlineData(103.0, ExitReason.Signal)] // stays: out at the session's close
    public void GapFade_sells_a_gap_up_back_to_the_last_close(double then, ExitReason reason)
    {
        var newYork = SessionCalendar.NewYork();
        var path = new PricePath(Timeframe.H1, 101, new DateTime(2024, 1, 3, 14, 30, 0), newYork);
        for (var i = 0; i < 7; i++) path.To(101);
        path.At(new DateTime(2024, 1, 4, 14, 30, 0)).Bar(103, 103.5, 102.5, 103);
        path.To(103);
        for (var i = 0; i < 5; i++) path.To(then);
        var feed = path.At(new DateTime(2024, 1, 5, 14, 30, 0)).To(then).Feed();

        var trade = Trades(new GapFade(least: 0.5, most: 3, stop: 0.5), feed).Single();
        trade.Side.ShouldBe(Side.Sell);
        trade.Reason.ShouldBe(reason);
        // Target at the last close; stop half the way of 2 above the entry's signal close.
        if (reason == ExitReason.Target) trade.ExitPrice.ShouldBe(101, 1e-9);
        if (reason == ExitReason.Stop) trade.ExitPrice.ShouldBe(104, 1e-9);
        if (reason == ExitReason.Signal) new DateTime(trade.ExitTime).ShouldBe(new DateTime(2024, 1, 4, 20, 30, 0));
    }

    [Fact]
    public void GapFade_leaves_a_gap_alone_that_is_too_large_or_closed_by_the_first_bar()
    {
        foreach (var (open, close) in new[] { (110.0, 110.0), (103.0, 100.9) })
        {
            var path = new PricePath(Timeframe.H1, 101, new DateTime(2024, 1, 3, 14, 30, 0), SessionCalendar.NewYork()).To(101, 101);
            var feed = path.At(new DateTime(2024, 1, 4, 14, 30, 0)).Bar(open, open, close, close).To(close, close).Feed();
            Trades(new GapFade(least: 0.5, most: 3), feed).ShouldBeEmpty();
        }
    }

    [Fact]
    public void SeasonalityHour_is_in_between_two_hours_of_the_venue_s_clock_on_its_day_of_the_week()
    {
        // Eight days of hours from Monday, 1 January 2024.
        var feed = new PricePath(Timeframe.H1, 100, new DateTime(2024, 1, 1)).Climb(8 * 24, 0.01).Feed();
        var all = Bars(Trades(new SeasonalityHour(14, 16), feed), feed);
        all.ShouldBe([.. Enumerable.Range(0, 8).Select(d => (Side.Buy, d * 24 + 14, d * 24 + 16, ExitReason.Signal))]);
        var wednesday = Bars(Trades(new SeasonalityHour(22, 2, weekday: 3, side: Side.Sell), feed), feed);
        wednesday.ShouldBe([(Side.Sell, 2 * 24 + 22, 3 * 24 + 2, ExitReason.Signal)]);
    }

    [Fact]
    public void TurtleSystem_adds_a_unit_each_half_range_and_one_stop_takes_them_all()
    {
        // Range 1 at every bar, so that N = 1 and a unit is 1 % of 100,000 = 1,000 (its share of the cash allows 1,180).
        var path = new PricePath(Timeframe.D1, 20);
        for (var i = 0; i < 10; i++) path.Bar(20, 20.5, 19.5, 20);
        var breakout = path.Count;
        path.Bar(20, 20.6, 19.6, 20.6); // closes above 20.5
        path.Bar(20.6, 21.2, 20.2, 21.2); // unit 1 at 20.6; 21.2 is half an N above: unit 2
        path.Bar(21.2, 21.8, 20.8, 21.8); // unit 2 at 21.2; unit 3
        path.Bar(21.8, 21.9, 20.9, 21.5); // unit 3 at 21.8; no step
        path.Bar(21.5, 21.5, 19, 19.2); // stop at 19.8 for all
        var feed = path.To(19.2, 19.2).Feed();
        var trades = Trades(new TurtleSystem(entry: 10, exit: 9, period: 5), feed, Sides.Long, maxOpenTrades: 4);

        Bars(trades, feed).ShouldBe([
            (Side.Buy, breakout + 1, breakout + 4, ExitReason.Stop),
            (Side.Buy, breakout + 2, breakout + 4, ExitReason.Stop),
            (Side.Buy, breakout + 3, breakout + 4, ExitReason.Stop),
        ]);
        trades.Select(t => t.EntryPrice).ShouldBe([20.6, 21.2, 21.8]);
        trades.ShouldAllBe(t => Math.Abs(t.ExitPrice - 19.8) < 1e-9);
        trades[0].Quantity.ShouldBe(1000, 1e-6);
        trades[1].Quantity.ShouldBe((100_000 + 0.6 * 1000) / 100, 1e-6);
    }

    [Fact]
    public void MomentumRank_holds_the_symbol_that_rose_most_and_switches_when_another_overtakes_it()
    {
        var a = new PricePath(Timeframe.D1, 100).Climb(10, 2).Climb(10, -2).Feed("A");
        var b = new PricePath(Timeframe.D1, 100).Climb(10, 1).Climb(10, 1).Feed("B");
        var outcome = MultiSymbolRunner.Run(new MomentumRank(lookback: 5, top: 1, every: 5), [a, b],
            new TradingSettings { Cash = 10_000, Size = SizeRule.PercentOfEquity(95) });

        // Ranked at the bars 5, 10 and 15: A leads at 5, and still at 10 (+8 … against +5 …); B at 15.
        Bars(outcome.Symbols[0].Trades, a).ShouldBe([(Side.Buy, 6, 16, ExitReason.Signal)]);
        Bars(outcome.Symbols[1].Trades, b).ShouldBe([(Side.Buy, 16, 19, ExitReason.Open)]);
        outcome.Symbols[0].Trades[0].Quantity.ShouldBe(9_500 / a.Bars[5].Close, 1e-9);
    }

    [Fact]
    public void MomentumRank_with_shorts_sells_the_weakest_with_half_of_the_size()
    {
        var a = new PricePath(Timeframe.D1, 100).Climb(12, 2).Feed("A");
        var b = new PricePath(Timeframe.D1, 100).Climb(12, -1).Feed("B");
        var outcome = MultiSymbolRunner.Run(new MomentumRank(lookback: 5, top: 3, every: 20, shorts: true), [a, b],
            new TradingSettings { Cash = 10_000, Size = SizeRule.PercentOfEquity(90) });

        outcome.Symbols[0].Trades.Single().Side.ShouldBe(Side.Buy);
        outcome.Symbols[1].Trades.Single().Side.ShouldBe(Side.Sell);
        outcome.Symbols[1].Trades.Single().Quantity.ShouldBe(4_500 / b.Bars[5].Close, 1e-9);
    }

    [Fact]
    public void PairsSpread_sells_the_dear_leg_and_buys_the_other_in_the_ratio_in_which_they_move()
    {
        // ln A = 2 · ln B with a little noise; then A jumps by 3 % and comes back.
        var random = new Random(5);
        var (a, b) = (new PricePath(Timeframe.H1, 100), new PricePath(Timeframe.H1, 10));
        var level = Math.Log(10);
        for (var i = 0; i < 120; i++)
        {
            level += 0.004 * (random.NextDouble() - 0.5);
            var noise = 0.002 * (random.NextDouble() - 0.5) + (i is >= 80 and < 84 ? 0.03 : 0);
            a.To(Math.Exp(2 * level + noise));
            b.To(Math.Exp(level));
        }
        var (feedA, feedB) = (a.Feed("A"), b.Feed("B"));
        var outcome = MultiSymbolRunner.Run(new PairsSpread(period: 60, entry: 4, exit: 0.5), [feedA, feedB],
            new TradingSettings { Cash = 10_000, Size = SizeRule.PercentOfEquity(90) });

        // In at the open after the jump, out at the one after it is gone.
        Bars(outcome.Symbols[0].Trades, feedA).ShouldBe([(Side.Sell, 81, 85, ExitReason.Signal)]);
        Bars(outcome.Symbols[1].Trades, feedB).ShouldBe([(Side.Buy, 81, 85, ExitReason.Signal)]);
        var (dear, cheap) = (outcome.Symbols[0].Trades[0], outcome.Symbols[1].Trades[0]);
        var (dearWorth, cheapWorth) = (dear.Quantity * feedA.Bars[80].Close, cheap.Quantity * feedB.Bars[80].Close);
        (dearWorth + cheapWorth).ShouldBe(9_000, 1e-6);
        (cheapWorth / dearWorth).ShouldBe(2, 0.3);
        outcome.Result.Trades.NetProfit.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void PairsSpread_says_so_where_it_is_given_another_number_of_symbols()
    {
        var feed = new PricePath(Timeframe.H1, 100).Climb(3, 1);
        Should.Throw<InputException>(() => MultiSymbolRunner.Run(new PairsSpread(), [feed.Feed("A"), feed.Feed("B"), feed.Feed("C")]))
            .Message.ShouldBe("PairsSpread trades 2 symbols together, and the batch gives it 3: name them in the strategy's 'symbols'");
    }
}
