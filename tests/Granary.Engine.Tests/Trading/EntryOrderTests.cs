using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Orders by which strategies enter that ask for an entry at the market, and orders that add to their positions.</summary>
public sealed class EntryOrderTests
{
    private static Scenario Of(EntryOrder order, double offset, Side side = Side.Buy, TimeSpan valid = default) => new Scenario
    {
        Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), EntryOrder = order, EntryOffsetPercent = offset, SignalValid = valid },
    }.Bar(100, 100, 100, 100, b => b.Enter(side));

    private static (int Bar, double Price) Entry(Scenario s)
    {
        s.Run();
        var trade = s.Trades.Single();
        return (s.BarOf(trade.EntryTime), trade.EntryPrice);
    }

    [Theory]
    [InlineData(Side.Buy, 99)]
    [InlineData(Side.Sell, 101)]
    public void A_limit_entry_waits_for_a_better_price_than_the_signals_close(Side side, double limit)
    {
        var s = Of(EntryOrder.Limit, 1, side).Bar(100, 100.5, 99.5, 100).Bar(100, 101.5, 98.5, 100);
        Entry(s).ShouldBe((2, limit));
        (s.Signals.Single().Type, s.Signals.Single().Price).ShouldBe((OrderType.Limit, limit));
        // A bar that opens beyond it fills at its open.
        var better = limit + (limit - 100);
        Entry(Of(EntryOrder.Limit, 1, side).Bar(better, better, better, better)).ShouldBe((1, better));
    }

    [Theory]
    [InlineData(Side.Buy, 101)]
    [InlineData(Side.Sell, 99)]
    public void A_stop_entry_waits_for_a_move_in_the_direction_of_the_trade(Side side, double stop)
    {
        var s = Of(EntryOrder.Stop, 1, side).Bar(100, 100.5, 99.5, 100).Bar(100, 101.5, 98.5, 100);
        Entry(s).ShouldBe((2, stop));
        (s.Signals.Single().Type, s.Signals.Single().Price).ShouldBe((OrderType.Stop, stop));
    }

    [Fact]
    public void An_entry_on_the_close_fills_at_the_close_of_the_next_bar() =>
        Entry(Of(EntryOrder.Close, 0).Bar(101, 103, 100, 102)).ShouldBe((1, 102));

    [Fact]
    public void Without_an_offset_a_limit_entry_is_at_the_signals_close() =>
        Entry(Of(EntryOrder.Limit, 0).Bar(101, 102, 100.5, 101).Bar(101, 101, 99, 100)).ShouldBe((2, 100));

    [Fact]
    public void An_offset_counts_in_average_true_ranges()
    {
        var s = new Scenario
        {
            Settings = new()
            {
                Cash = 10_000,
                Size = SizeRule.Units(10),
                EntryOrder = EntryOrder.Limit,
                EntryOffsetAtr = 0.75,
                AtrBars = 3,
            },
        };
        for (var i = 0; i < 5; i++) s.Bar(100, 101, 99, 100, i == 4 ? b => b.Enter(Side.Buy) : null);
        // 0.75 · 2 below 100.
        Entry(s.Bar(100, 100, 98.6, 99).Bar(99, 99, 98.5, 99)).ShouldBe((6, 98.5));
    }

    [Fact]
    public void A_waiting_entry_keeps_further_ones_out_and_expires_with_its_signal()
    {
        var s = new Scenario
        {
            Settings = new()
            {
                Cash = 10_000,
                Size = SizeRule.Units(10),
                EntryOrder = EntryOrder.Limit,
                EntryOffsetPercent = 5,
                SignalValid = TimeSpan.FromMinutes(2),
            },
        };
        for (var i = 0; i < 5; i++) s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy));
        s.Run();
        // The signal of bar 0 is valid until minute 3, when bar 3 opens; bar 4 opens after it, and its close gives another signal.
        s.Signals.Select(g => s.BarOf(g.Time)).ShouldBe([0, 4]);
        s.Ended[0].End.ShouldBe(SignalEnd.Expired);
    }

    [Fact]
    public void Leaving_the_side_cancels_a_waiting_entry()
    {
        var s = Of(EntryOrder.Limit, 1).Bar(100, 100, 100, 100, b => b.Exit(Side.Buy)).Bar(99, 99, 98, 98);
        s.Run();
        s.Trades.ShouldBeEmpty();
        s.Ended.Single().End.ShouldBe(SignalEnd.Cancelled);
    }

    [Fact]
    public void An_order_type_that_the_class_names_stays()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), EntryOrder = EntryOrder.Limit, EntryOffsetPercent = 1 },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Stop, StopPrice = 102 }))
            .Bar(100, 103, 99, 101);
        Entry(s).ShouldBe((1, 102));
    }

    [Fact]
    public void The_price_is_on_the_tick()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), EntryOrder = EntryOrder.Limit, EntryOffsetPercent = 1.1 },
            Instrument = new() { Symbol = "TEST", TickSize = 0.25 },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 98, 99);
        // 98.9 on ticks of 0.25 is 99.
        Entry(s).ShouldBe((1, 99));
    }

    [Fact]
    public void A_stop_counts_from_the_fill_of_the_waiting_order()
    {
        var s = new Scenario
        {
            Settings = new()
            {
                Cash = 10_000,
                Size = new SizeRule(SizeKind.RiskPercent, 1),
                EntryOrder = EntryOrder.Limit,
                EntryOffsetPercent = 2,
                StopLossPercent = 5,
            },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(97, 97, 97, 97).Bar(97, 97, 90, 92);
        s.Run();
        // Sized by the limit of 98, whose stop is 4.9 away; filled at 97, whose stop is 92.15.
        s.Signals.Single().Quantity.ShouldBe(100 / 4.9, 1e-9);
        s.Closed.Single().EntryPrice.ShouldBe(97);
        s.Closed.Single().ExitPrice.ShouldBe(92.15, 1e-9);
    }

    // ---- orders that add to a position ----

    private static EntryStep Step(double percent, double share = 1) => new() { Percent = percent, Share = share };

    private static Scenario Scaled(IReadOnlyList<EntryStep> steps, Side side = Side.Buy, double stopPercent = 0,
        ExecutionSettings? execution = null)
        => new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), ScaleIn = steps, StopLossPercent = stopPercent },
            Execution = execution ?? new ExecutionSettings(),
        }.Bar(100, 100, 100, 100, b => b.Enter(side));

    [Theory]
    [InlineData(Side.Buy, 102, 97)]
    [InlineData(Side.Sell, 98, 103)]
    public void Steps_add_to_a_position_as_the_price_gains_or_loses(Side side, double gain, double loss)
    {
        var s = Scaled([Step(2, 0.5), Step(-3)], side).Bar(100, 100.5, 99.5, 100).Bar(100, Math.Max(gain, 100), Math.Min(gain, 100), 100)
            .Bar(100, Math.Max(loss, 100), Math.Min(loss, 100), 100, b => b.Exit()).Bar(100, 100, 100, 100);
        s.Run();
        s.Signals.Select(g => (s.BarOf(g.Time), g.Type, g.Price, g.Quantity)).ShouldBe([
            (0, OrderType.Market, 100, 10), (1, OrderType.Stop, gain, 5), (1, OrderType.Limit, loss, 10)]);
        s.Closed.Select(t => (s.BarOf(t.EntryTime), t.EntryPrice, t.Quantity)).ShouldBe([(1, 100, 10), (2, gain, 5), (3, loss, 10)]);
    }

    [Fact]
    public void A_step_that_the_market_has_passed_already_fills_at_the_next_open()
    {
        var s = Scaled([Step(2, 0.5)]).Bar(100, 105, 100, 104).Bar(104, 104, 104, 104);
        s.Run();
        s.Trades.Select(t => (s.BarOf(t.EntryTime), t.EntryPrice)).ShouldBe([(1, 100), (2, 104)]);
    }

    [Fact]
    public void Steps_that_wait_end_with_the_first_trade()
    {
        var s = Scaled([Step(2, 0.5), Step(4, 0.5)], stopPercent: 5).Bar(100, 102, 100, 102).Bar(102, 102.5, 101, 101.5)
            .Bar(101, 101, 94, 94).Bar(105, 106, 105, 105);
        s.Run();
        // The first at 95, the second at 102 · 0.95 = 96.9; the third never fills.
        s.Closed.Select(t => t.ExitPrice).Order().ShouldBe([95, 96.9], 1e-9);
        s.Trades.Count.ShouldBe(2);
        s.Ended.Single().End.ShouldBe(SignalEnd.Cancelled);
    }

    [Fact]
    public void Each_step_has_its_own_stop_and_no_steps_of_its_own()
    {
        var s = Scaled([Step(2)], stopPercent: 5).Bar(100, 103, 100, 103).Bar(103, 106, 103, 106).Bar(106, 109, 106, 109);
        s.Run();
        s.Signals.Count.ShouldBe(2);
    }

    [Fact]
    public void Steps_do_not_count_as_open_trades_for_their_own_sending_and_keep_further_entries_out()
    {
        var s = Scaled([Step(2, 0.5)]).Bar(100, 102, 100, 102, b => b.Enter(Side.Buy)).Bar(102, 102, 101, 101, b => b.Enter(Side.Buy))
            .Bar(101, 101, 101, 101);
        s.Run();
        s.Signals.Count.ShouldBe(2);
    }

    [Fact]
    public void With_entries_at_the_same_close_the_steps_are_sent_at_once()
    {
        var s = Scaled([Step(2, 0.5)], execution: new() { Fill = FillTiming.SameClose }).Bar(100, 102.5, 100, 102);
        s.Run();
        s.Trades.Select(t => (s.BarOf(t.EntryTime), t.EntryPrice)).ShouldBe([(0, 100), (1, 102)]);
    }

    [Fact]
    public void A_step_that_the_account_cannot_pay_for_is_refused()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.PercentOfEquity(95), ScaleIn = [Step(2)] },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(100, 103, 100, 103);
        s.Run();
        s.Trades.Count.ShouldBe(1);
        s.Ended.Single().ShouldBe((2, SignalEnd.NoCash, s.Signals[1].Time));
    }

    [Fact]
    public void A_short_step_and_a_tick()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), ScaleIn = [Step(1.1)] },
            Instrument = new() { Symbol = "TEST", TickSize = 0.5 },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Sell)).Bar(100, 100, 100, 100).Bar(100, 100, 98, 99);
        s.Run();
        // 98.9 on ticks of 0.5 is 99.
        s.Trades.Select(t => t.EntryPrice).ShouldBe([100, 99]);
    }
}
