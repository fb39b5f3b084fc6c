using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Positions with isolated and cross margin are liquidated within the bar that reaches their price; all prices by hand.</summary>
public sealed class MarginTests
{
    private static TradingSettings Units(double units = 10) => new() { Cash = 10_000, Size = SizeRule.Units(units) };

    // Leverage 10 and 1 %: a long trade at 100 is liquidated at (100 − 10) / 0.99, a short one at 110 / 1.01.
    private static ExecutionSettings Isolated { get; } = new() { Margin = MarginMode.Isolated, Leverage = 10, Maintenance = 0.01 };

    private const double LongPrice = 90 / 0.99, ShortPrice = 110 / 1.01;

    private static Scenario Long(ExecutionSettings? execution = null, TradingSettings? settings = null) =>
        new Scenario { Settings = settings ?? Units(), Execution = execution ?? Isolated }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100);

    [Fact]
    public void A_long_trade_is_liquidated_at_its_price_and_loses_its_margin()
    {
        var s = Long().Bar(95, 96, 90, 94).Bar(94, 200, 94, 200);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Reason.ShouldBe(ExitReason.Liquidation);
        s.BarOf(trade.ExitTime).ShouldBe(2);
        trade.ExitPrice.ShouldBe(LongPrice, 1e-12);
        trade.NetProfit.ShouldBe(-100, 1e-9);
        result.Equity.Final.ShouldBe(9_900, 1e-9);
    }

    [Fact]
    public void A_short_trade_is_liquidated_above_its_entry()
    {
        var s = new Scenario { Settings = Units(), Execution = Isolated }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(105, 109, 104, 106);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.NetProfit).ShouldBe((ExitReason.Liquidation, -100));
        trade.ExitPrice.ShouldBe(ShortPrice, 1e-12);
    }

    [Fact]
    public void A_bar_that_stays_a_tick_above_the_price_liquidates_nothing()
    {
        var s = Long().Bar(95, 96, 90.91, 94);
        s.Run();
        s.Closed.ShouldBeEmpty();
    }

    [Fact]
    public void A_gap_beyond_the_price_closes_at_the_open_and_the_exchange_bears_what_the_margin_does_not_cover()
    {
        var s = Long(Isolated with { Fee = new PercentFee(0.1) }).Bar(80, 85, 79, 84);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice, trade.Profit).ShouldBe((ExitReason.Liquidation, 80, -200));
        // Fees: 1 at the entry, 0.8 at the exit. The margin pays 100 of the loss of 200.8.
        trade.Financing.ShouldBe(100.8, 1e-9);
        trade.NetProfit.ShouldBe(-101, 1e-9);
        result.Equity.Final.ShouldBe(9_899, 1e-9);
    }

    [Theory, InlineData(92, ExitReason.Stop), InlineData(90.5, ExitReason.Liquidation)]
    public void A_stop_before_the_price_closes_the_trade_first_and_one_behind_it_never(double stop, ExitReason reason)
    {
        var s = new Scenario { Settings = Units(), Execution = Isolated }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { StopLoss = stop })).Bar(100, 101, 99, 100)
            .Bar(95, 96, 85, 94);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    [Theory, InlineData(IntrabarRule.StopFirst, ExitReason.Liquidation), InlineData(IntrabarRule.TargetFirst, ExitReason.Target)]
    public void The_intrabar_rule_decides_between_target_and_liquidation(IntrabarRule rule, ExitReason reason)
    {
        var s = Long(Isolated with { Intrabar = rule }, Units() with { TakeProfitPercent = 5 }).Bar(95, 106, 85, 94);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    [Fact]
    public void A_gap_beyond_stop_and_liquidation_liquidates()
    {
        var s = Long(settings: Units() with { StopLossPercent = 5 }).Bar(85, 86, 84, 85);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(ExitReason.Liquidation);
    }

    [Fact]
    public void The_liquidation_fee_moves_the_price_towards_the_market()
    {
        var s = Long(Isolated with { LiquidationFeeRate = 0.005 }).Bar(95, 96, 90, 94);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.ExitPrice.ShouldBe(90 / 0.985, 1e-12);
        trade.NetProfit.ShouldBe(-100, 1e-9);
    }

    [Fact]
    public void A_trade_entered_within_a_bar_is_exposed_to_the_rest_of_it()
    {
        var s = new Scenario { Settings = Units(), Execution = Isolated }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 99 }))
            .Bar(100, 101, 80, 95);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.EntryPrice, trade.Reason).ShouldBe((99, ExitReason.Liquidation));
        trade.ExitPrice.ShouldBe(99 * 0.9 / 0.99, 1e-12);
    }

    [Fact]
    public void A_trade_entered_on_a_close_is_not_exposed_to_its_bar()
    {
        var s = new Scenario { Settings = Units(), Execution = Isolated with { Fill = FillTiming.SameClose } }
            .Bar(100, 120, 80, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100);
        s.Run();
        s.Closed.ShouldBeEmpty();
    }

    [Fact]
    public void Each_trade_has_its_own_margin()
    {
        var s = new Scenario { Settings = Units() with { MaxOpenTrades = 2 }, Execution = Isolated }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 94, 95, b => b.Enter(Side.Buy)).Bar(95, 96, 94, 95)
            .Bar(95, 96, 89, 95).Bar(95, 96, 94, 95);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Number, trade.Reason).ShouldBe((1, ExitReason.Liquidation));
    }

    [Fact]
    public void An_account_that_spends_everything_is_not_below_zero_after_the_liquidation()
    {
        var s = Long(Isolated with { Fee = new PercentFee(0.1) },
            new() { Cash = 10_000, Size = SizeRule.PercentOfEquity(1_000), ResizeToCash = true })
            .Bar(50, 55, 49, 50);
        var result = s.Run();
        // Cut to what margin and fee cost: q · 100 / 10 + q · 0.1 = 10,000.
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Quantity.ShouldBe(10_000 / 10.1, 1e-6);
        result.Equity.Final.ShouldBe(0, 1e-6);
    }

    [Fact]
    public void A_table_uses_the_step_of_the_notional_at_the_liquidation_price()
    {
        // 100 units at 100: 10,000 at the entry are in the second step, 9,100 at the price are not.
        var tiers = new Dictionary<string, MarginTiers> { ["TEST"] = new([new(0, 0.01, 0, 0), new(9_500, 0.05, 380, 0)]) };
        var s = Long(Isolated with { MarginTiers = tiers }, Units(100)).Bar(95, 96, 90, 94);
        s.Run();
        s.Closed.ShouldHaveSingleItem().ExitPrice.ShouldBe(LongPrice, 1e-12);

        // A short one grows into it: (100 · 10,000 + 1,000 + 380 − …): 11,000 + 380 = 100 · p · 1.05.
        var up = new Scenario { Settings = Units(100), Execution = Isolated with { MarginTiers = tiers } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(105, 112, 104, 106);
        up.Run();
        up.Closed.ShouldHaveSingleItem().ExitPrice.ShouldBe(11_380 / 105.0, 1e-12);
    }

    [Theory, InlineData(true, 1), InlineData(false, 0)]
    public void The_leverage_of_a_step_bounds_an_entry(bool resizes, int trades)
    {
        var tiers = new Dictionary<string, MarginTiers> { [""] = new([new(0, 0.01, 0, 20), new(5_000, 0.05, 200, 5)]) };
        var s = Long(Isolated with { MarginTiers = tiers }, Units(100) with { ResizeToCash = resizes });
        s.Run();
        s.Trades.Count.ShouldBe(trades);
        // Leverage 10 is permitted up to a notional of 5,000.
        if (resizes) s.Trades[0].Quantity.ShouldBe(50, 1e-9);
        else s.Ended.ShouldHaveSingleItem().End.ShouldBe(SignalEnd.NoCash);
    }

    [Fact]
    public void Cross_margin_liquidates_the_account_where_its_equity_is_what_the_position_requires()
    {
        // 500 units at 100 with 10,000: 10,000 − 500 · (100 − p) = 0.01 · 500 · p.
        var s = Long(new() { Margin = MarginMode.Cross, Leverage = 10, Maintenance = 0.01 }, Units(500)).Bar(85, 86, 80, 84)
            .Bar(84, 90, 84, 90, b => b.Enter(Side.Buy)).Bar(90, 90, 90, 90);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Reason.ShouldBe(ExitReason.Liquidation);
        trade.ExitPrice.ShouldBe(40_000 / 495.0, 1e-9);
        trade.NetProfit.ShouldBe(-10_000, 1e-9);
        result.Equity.Final.ShouldBe(0);
        s.Signals.Count.ShouldBe(1);
    }

    [Fact]
    public void Cross_margin_lets_the_whole_equity_back_a_position()
    {
        // Isolated, the trade would end at 90.9.
        var s = Long(new() { Margin = MarginMode.Cross, Leverage = 10, Maintenance = 0.01 }).Bar(60, 61, 50, 55);
        s.Run();
        s.Closed.ShouldBeEmpty();
    }

    [Theory, InlineData(82, ExitReason.Stop), InlineData(80, ExitReason.Liquidation)]
    public void With_cross_margin_a_stop_before_the_price_comes_first(double stop, ExitReason reason)
    {
        var s = new Scenario
        {
            Settings = Units(500),
            Execution = new() { Margin = MarginMode.Cross, Leverage = 10, Maintenance = 0.01 }
        }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { StopLoss = stop })).Bar(100, 101, 99, 100)
            .Bar(95, 96, 70, 84);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    [Fact]
    public void Without_a_margin_mode_the_maintenance_is_that_of_a_call_at_the_close()
    {
        var s = Long(new() { Leverage = 10, Maintenance = 0.01 }, Units(500)).Bar(85, 86, 80.5, 80.6).Bar(82, 82, 82, 82);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.MarginCall, 82));
    }
}
