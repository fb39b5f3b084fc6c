using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

public sealed class LatencyTests
{
    private static Scenario Of(int latency, FillTiming fill = FillTiming.NextOpen) =>
        new Scenario { Execution = new() { LatencyBars = latency, Fill = fill } }
        .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
        .Bar(110, 111, 109, 110)
        .Bar(120, 121, 119, 120, b => b.Exit())
        .Bar(130, 131, 129, 130)
        .Bar(140, 141, 139, 140)
        .Bar(150, 151, 149, 150);

    [Theory]
    [InlineData(0, 110, 130)]
    [InlineData(1, 120, 140)]
    public void An_order_fills_as_many_bars_later_as_it_needs_to_reach_its_venue(int latency, double entry, double exit)
    {
        var s = Of(latency);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.EntryPrice.ShouldBe(entry);
        trade.ExitPrice.ShouldBe(exit);
    }

    [Theory]
    [InlineData(0, 100, 120)]
    [InlineData(1, 110, 130)]
    [InlineData(2, 120, 140)]
    public void With_fills_at_the_close_it_fills_at_a_later_close(int latency, double entry, double exit)
    {
        var s = Of(latency, FillTiming.SameClose);
        s.Run();
        // At two bars' latency the exit is asked for on the bar of the entry's fill, before which nothing was open.
        var trade = s.Trades.ShouldHaveSingleItem();
        trade.EntryPrice.ShouldBe(entry);
        trade.ExitPrice.ShouldBe(exit);
    }

    [Fact]
    public void A_limit_that_trades_before_it_is_there_does_not_fill()
    {
        var s = new Scenario { Execution = new() { LatencyBars = 1 } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 95 }))
            .Bar(100, 101, 90, 100)
            .Bar(100, 101, 96, 100)
            .Bar(100, 101, 94, 100);
        s.Run();
        s.BarOf(s.Trades.ShouldHaveSingleItem().EntryTime).ShouldBe(3);
    }

    [Fact]
    public void A_stop_made_with_the_entry_lies_at_the_venue_and_is_not_late()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), StopLossPercent = 5 },
            Execution = new() { LatencyBars = 1 }
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(100, 101, 99, 100)
            .Bar(100, 101, 99, 100)
            .Bar(100, 101, 90, 92);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Reason.ShouldBe(ExitReason.Stop);
        trade.ExitPrice.ShouldBe(95);
        s.BarOf(trade.ExitTime).ShouldBe(3);
    }

    [Fact]
    public void Stress_doubles_commission_and_slippage_and_is_one_bar_later()
    {
        Scenario With(ExecutionSettings execution) =>
            new Scenario { Execution = execution, Instrument = new() { Symbol = "TEST", TickSize = 0.01 } }
            .Bar(100, 110, 90, 100, b => b.Enter(Side.Buy))
            .Bar(100, 110, 90, 100)
            .Bar(100, 110, 90, 100)
            .Bar(100, 110, 90, 100, b => b.Exit())
            .Bar(100, 110, 90, 100)
            .Bar(100, 110, 90, 100);
        var usual = new ExecutionSettings
        {
            Fee = new FeeSchedule([new(0, 0.1, 0.1)]) { PerOrder = 1 },
            Slippage = new CombinedSlippage(new PercentSlippage(0.5), new TickSlippage(25))
        };
        var (a, b) = (With(usual), With(usual.Stressed()));
        a.Run();
        b.Run();
        var (plain, stressed) = (a.Closed.ShouldHaveSingleItem(), b.Closed.ShouldHaveSingleItem());
        plain.EntryPrice.ShouldBe(100.75, 1e-12);
        stressed.EntryPrice.ShouldBe(101.5, 1e-12);
        stressed.ExitPrice.ShouldBe(98.5, 1e-12);
        (b.BarOf(stressed.EntryTime), b.BarOf(stressed.ExitTime)).ShouldBe((2, 5));
        plain.Commission.ShouldBe(2 + (100.75 + 99.25) * 10 * 0.001, 1e-9);
        stressed.Commission.ShouldBe(2 * (2 + (101.5 + 98.5) * 10 * 0.001), 1e-9);
    }

    [Fact]
    public void A_rebate_shrinks_by_as_much_as_a_charge_grows_and_never_becomes_one()
    {
        var rebate = new PercentFee(-0.01);
        rebate.Times(1.5).Fee(100, 10, 1, maker: true).ShouldBe(-0.05, 1e-12);
        rebate.Times(2).Fee(100, 10, 1, maker: true).ShouldBe(0, 1e-12);
        rebate.Times(3).Fee(100, 10, 1, maker: true).ShouldBe(0, 1e-12);
    }
}
