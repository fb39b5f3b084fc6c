using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>What the cash of an account can pay, and how the size of an order is found.</summary>
public sealed class OrderSizeTests
{
    private static TradingSettings Settings(double stop = 0, double target = 0) =>
        new() { Cash = 10_000, Size = SizeRule.Units(10), StopLossPercent = stop, TakeProfitPercent = target };

    [Fact]
    public void An_order_that_the_cash_cannot_pay_is_rejected_with_its_reason()
    {
        var s = new Scenario { Settings = Settings() with { Size = SizeRule.Units(101) } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy).IsNone.ShouldBeTrue()).Bar(100, 100, 100, 100);
        s.Run();
        s.Trades.ShouldBeEmpty();
        s.Ended.Single().End.ShouldBe(SignalEnd.NoCash);
        s.Orders.Single().State.ShouldBe(OrderState.Rejected);
    }

    [Fact]
    public void Two_entries_of_one_bar_do_not_spend_the_same_cash()
    {
        var s = new Scenario { Settings = Settings() with { Size = SizeRule.PercentOfEquity(60), MaxOpenTrades = 2 } }
            .Bar(100, 100, 100, 100, b => { b.Enter(Side.Buy); b.Enter(Side.Buy); }).Bar(100, 100, 100, 100);
        s.Run();
        s.Trades.Count.ShouldBe(1);
        s.Ended.Single().End.ShouldBe(SignalEnd.NoCash);
    }

    [Fact]
    public void An_order_that_became_too_dear_by_the_next_open_is_rejected_there()
    {
        var s = new Scenario { Settings = Settings() with { Size = SizeRule.PercentOfEquity(99) } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(102, 102, 102, 102);
        s.Run();
        s.Trades.ShouldBeEmpty();
        (s.Ended.Single().End, s.BarOf(s.Ended.Single().Time)).ShouldBe((SignalEnd.NoCash, 1));
    }

    [Fact]
    public void The_proceeds_of_a_short_sale_cannot_be_spent()
    {
        var s = new Scenario { Settings = Settings() with { Size = SizeRule.Units(90) } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Sell))
            .Bar(100, 100, 100, 100, b => { b.AvailableCash.ShouldBe(1_000); b.Enter(Side.Buy); })
            .Bar(100, 100, 100, 100);
        s.Run();
        s.Trades.Count.ShouldBe(1);
        s.Ended.Single().End.ShouldBe(SignalEnd.NoCash);
    }

    [Fact]
    public void Prices_lie_on_ticks_and_quantities_on_lots()
    {
        var s = new Scenario
        {
            Instrument = new Instrument { Symbol = "TEST", TickSize = 0.05, LotSize = 0.1 },
            Settings = Settings(stop: 3.33, target: 3.33) with { Size = new SizeRule(SizeKind.Cash, 1_234.5) },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 96, 97);
        s.Run();
        (s.Trades[0].Quantity, s.Trades[0].ExitPrice).ShouldBe((12.3, 96.65));
    }

    [Fact]
    public void Risk_sizing_loses_the_given_percentage_at_the_stop_and_needs_one()
    {
        var sized = new Scenario { Settings = Settings(stop: 5) with { Size = new SizeRule(SizeKind.RiskPercent, 1) } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(100, 100, 94, 94);
        sized.Run();
        sized.Closed[0].Profit.ShouldBe(-100, 1e-9);
        var without = new Scenario { Settings = Settings() with { Size = new SizeRule(SizeKind.RiskPercent, 1) } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy));
        without.Run();
        without.Ended.Single().End.ShouldBe(SignalEnd.NoStop);
    }
}
