using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Costs and constraints, each calculated by hand. Bars of a scenario have a volume of 1,000.</summary>
public sealed class RealismTests
{
    private static TradingSettings Units(double units, Sides sides = Sides.Both) =>
        new() { Cash = 100_000, Size = SizeRule.Units(units), Sides = sides };

    [Fact]
    public void An_order_larger_than_its_share_of_the_volume_fills_in_parts_at_the_average_price()
    {
        var s = new Scenario
        {
            Settings = Units(250),
            Execution = new() { VolumeShare = 0.1, Fee = new FeeSchedule([new(0, 0, 0)]) { PerUnit = 0.01, Minimum = 2 } }
        }
            .Bar(10, 11, 9, 10, b => b.Enter(Side.Buy))
            .Bar(10, 11, 9, 10)
            .Bar(20, 21, 19, 20)
            .Bar(30, 31, 29, 30, b => b.Exit())
            .Bar(40, 41, 39, 40)
            .Bar(50, 51, 49, 50)
            .Bar(60, 61, 59, 60);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Quantity.ShouldBe(250);
        trade.EntryPrice.ShouldBe((100 * 10 + 100 * 20 + 50 * 30) / 250.0, 1e-12);
        trade.ExitPrice.ShouldBe((100 * 40 + 100 * 50 + 50 * 60) / 250.0, 1e-12);
        // Each order pays 2.50, its first hundred the minimum: 2, then nothing more until what is earned is above it.
        trade.Commission.ShouldBe(5, 1e-12);
        s.Orders.First().State.ShouldBe(OrderState.Filled);
        s.Events.Where(e => e.Order.Role == OrderRole.Entry).Select(e => (e.Order.State, e.Order.FilledQuantity))
            .ShouldBe([(OrderState.Submitted, 0), (OrderState.PartiallyFilled, 100), (OrderState.PartiallyFilled, 200),
                (OrderState.Filled, 250)]);
    }

    [Theory]
    [InlineData(TimeInForce.ImmediateOrCancel, 100)]
    [InlineData(TimeInForce.GoodTillCancelled, 250)]
    public void What_an_immediate_order_does_not_get_on_its_first_bar_it_does_not_get(TimeInForce force, double filled)
    {
        var s = new Scenario { Settings = Units(250), Execution = new() { VolumeShare = 0.1, EntryTimeInForce = force } }
            .Bar(10, 11, 9, 10, b => b.Enter(Side.Buy)).Bar(10, 11, 9, 10).Bar(20, 21, 19, 20).Bar(30, 31, 29, 30).Bar(30, 31, 29, 30);
        s.Run();
        s.Trades.ShouldHaveSingleItem().Quantity.ShouldBe(filled);
        s.Ended.ShouldBeEmpty("a signal whose entry was filled in part has become a trade");
    }

    [Fact]
    public void Fill_or_kill_fills_whole_or_not_at_all()
    {
        var s = new Scenario { Settings = Units(250), Execution = new() { VolumeShare = 0.1, EntryTimeInForce = TimeInForce.FillOrKill } }
            .Bar(10, 11, 9, 10, b => b.Enter(Side.Buy)).Bar(10, 11, 9, 10).Bar(20, 21, 19, 20);
        s.Run();
        s.Trades.ShouldBeEmpty();
        s.Ended.ShouldHaveSingleItem().End.ShouldBe(SignalEnd.Expired);
    }

    [Fact]
    public void A_stop_that_the_volume_does_not_satisfy_works_on_as_a_market_order_under_its_own_reason()
    {
        var s = new Scenario { Settings = Units(150) with { StopLossPercent = 10 }, Execution = new() { VolumeShare = 0.1 } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100).Bar(100, 101, 85, 88)
            .Bar(80, 82, 78, 80).Bar(70, 71, 69, 70);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Reason.ShouldBe(ExitReason.Stop);
        trade.ExitPrice.ShouldBe((100 * 90 + 50 * 80) / 150.0, 1e-12);
        s.BarOf(trade.ExitTime).ShouldBe(4);
    }

    [Fact]
    public void A_target_that_the_volume_does_not_satisfy_goes_on_waiting_at_its_price()
    {
        var s = new Scenario { Settings = Units(150) with { TakeProfitPercent = 10 }, Execution = new() { VolumeShare = 0.1 } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100).Bar(100, 112, 99, 100)
            .Bar(100, 105, 99, 100).Bar(100, 115, 99, 100);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        trade.Reason.ShouldBe(ExitReason.Target);
        trade.ExitPrice.ShouldBe(110, 1e-9);
        s.BarOf(trade.ExitTime).ShouldBe(5);
    }

    private static Bar Volume(double volume) => new(0, 100, 100, 100, 100, volume);

    [Fact]
    public void A_fill_moves_the_price_with_the_square_of_its_share_of_the_volume()
    {
        // 500 of 1,000: 0.1 · 0.25 = 2.5 %.
        new VolumeShareSlippage(0.1).Slip(Side.Buy, 100, 500, Volume(1_000), 0).ShouldBe(102.5, 1e-12);
        new VolumeShareSlippage(0.1).Slip(Side.Sell, 100, 500, Volume(1_000), 0).ShouldBe(97.5, 1e-12);
        new VolumeShareSlippage(0.1).Slip(Side.Buy, 100, 5_000, Volume(0), 0).ShouldBe(110, 1e-12);
        new TickSlippage(3).Slip(Side.Sell, 100, 1, Volume(1), 0.25).ShouldBe(99.25);
    }

    [Fact]
    public void Traded_notional_lowers_the_fee_and_is_forgotten_after_the_tiers_days()
    {
        var fee = new FeeSchedule([new(0, 0.1, 0.05), new(1_500, 0.05, -0.01)], tierDays: 2);
        var s = new Scenario
        {
            Settings = Units(10),
            Execution = new() { Fee = fee },
            Timeframe = Timeframe.D1,
            Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc)
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(100, 101, 99, 100, b => b.Exit())   // day 2: buys 1,000 at the first tier
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)) // day 3: sells 1,000, having traded 1,000 before
            .Bar(100, 101, 99, 100)                  // day 4: buys with 1,000 of the two days, day 2 being gone
            .Bar(100, 101, 99, 100);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Commission.ShouldBe(1 + 1, 1e-12);
        s.Trades[^1].Commission.ShouldBe(1, 1e-12);
        fee.Fee(100, 10, 1, maker: true).ShouldBe(0.5, 1e-12);
        var paid = default(OrderFees);
        fee.NextFee(100, 10, 1, maker: true, traded: 2_000, ref paid).ShouldBe(-0.1, 1e-12);
    }

    [Fact]
    public void Borrowed_shares_cost_by_the_calendar_day_at_the_last_close()
    {
        var s = new Scenario { Settings = Units(10), Execution = new() { BorrowFeeRate = 0.365 } }
            .BarAt(new(2024, 3, 7, 0, 0, 0, DateTimeKind.Utc), 100, b => b.Enter(Side.Sell))
            .BarAt(new(2024, 3, 8, 0, 0, 0, DateTimeKind.Utc), 110)
            .BarAt(new(2024, 3, 11, 0, 0, 0, DateTimeKind.Utc), 120, b => b.Exit())
            .BarAt(new(2024, 3, 12, 0, 0, 0, DateTimeKind.Utc), 130);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        // Over the weekend three days at 110, then one at 120; a tenth of a percent each.
        trade.Financing.ShouldBe(-10 * (110 * 0.003 + 120 * 0.001), 1e-9);
        trade.NetProfit.ShouldBe(10 * (110 - 130) + trade.Financing, 1e-9);
        result.Equity.Final.ShouldBe(100_000 + trade.NetProfit, 1e-9);
    }

    [Fact]
    public void A_dividend_is_paid_to_who_held_the_share_before_its_ex_date_and_owed_by_who_was_short()
    {
        var ex = new DateTime(2024, 3, 7, 0, 0, 0, DateTimeKind.Utc).Ticks;
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var s = new Scenario
            {
                Settings = Units(10),
                Timeframe = Timeframe.D1,
                Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc),
                Instrument = new() { Symbol = "TEST", CorporateActions = [new(ex, 1, 2)] }
            }
                .Bar(100, 101, 99, 100, b => b.Enter(side)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100).Bar(98, 99, 97, 98, b => b.Exit())
                .Bar(98, 99, 97, 98);
            var result = s.Run();
            s.Closed.ShouldHaveSingleItem().Financing.ShouldBe((int)side * 20);
            result.Equity.Final.ShouldBe(100_000, 1e-9, "what the price loses, the dividend brings");
        }
        // Bought on the ex date, it comes without the dividend.
        var late = new Scenario
        {
            Settings = Units(10),
            Timeframe = Timeframe.D1,
            Start = new(2024, 3, 6, 0, 0, 0, DateTimeKind.Utc),
            Instrument = new() { Symbol = "TEST", CorporateActions = [new(ex, 1, 2)] }
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(98, 99, 97, 98).Bar(98, 99, 97, 98);
        late.Run();
        late.Trades.ShouldHaveSingleItem().Financing.ShouldBe(0);
    }

    [Fact]
    public void A_split_multiplies_what_is_held_and_divides_its_prices_its_stop_and_waiting_orders()
    {
        var ex = new DateTime(2024, 3, 7, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var s = new Scenario
        {
            Settings = Units(10) with { StopLossPercent = 20 },
            Timeframe = Timeframe.D1,
            Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc),
            Instrument = new() { Symbol = "TEST", CorporateActions = [new(ex, 4, 0)] }
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell, new EntryOptions { Type = OrderType.Limit, LimitPrice = 120, Quantity = 5 }))
            .Bar(100, 101, 99, 100)
            .Bar(25, 26, 24, 25)
            .Bar(25, 31, 24, 25)
            .Bar(25, 26, 19, 20);
        var result = s.Run();
        s.Trades.Count.ShouldBe(2);
        var (bought, sold) = (s.Trades.Single(t => t.Side == Side.Buy), s.Trades.Single(t => t.Side == Side.Sell));
        (bought.Quantity, bought.EntryPrice, bought.ExitPrice, bought.Reason).ShouldBe((40, 25, 20, ExitReason.Stop));
        (sold.Quantity, sold.EntryPrice).ShouldBe((20, 30));
        result.Equity.Final.ShouldBe(100_000 + 40 * (20 - 25) + 20 * (30 - 20), 1e-9);
    }

    [Fact]
    public void Leverage_holds_a_multiple_of_the_equity_and_a_margin_call_closes_it_at_the_next_open()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.PercentOfEquity(200) },
            Execution = new() { Leverage = 2, Maintenance = 0.25 },
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(100, 101, 79, 80)   // 200 units; equity 6,000 of 16,000: enough
            .Bar(80, 81, 65, 66)     // equity 3,200 of 13,200: below a quarter
            .Bar(64, 65, 63, 64);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Quantity, trade.Reason, trade.ExitPrice).ShouldBe((200, ExitReason.MarginCall, 64));
        result.Equity.Final.ShouldBe(10_000 - 200 * 36, 1e-9);
        // Without leverage the cash does not pay for it.
        var plain = new Scenario { Settings = new() { Cash = 10_000, Size = SizeRule.PercentOfEquity(200) } }.Bar(100, 101, 99, 100,
            b => b.Enter(Side.Buy)).Bar(100, 101, 79, 80);
        plain.Run();
        plain.Ended.ShouldHaveSingleItem().End.ShouldBe(SignalEnd.NoCash);
    }

    [Fact]
    public void What_is_bought_on_a_loan_bears_interest_by_the_day_and_what_is_paid_for_does_not()
    {
        Scenario Days(double cash) => new Scenario
        {
            Timeframe = Timeframe.D1,
            Settings = Units(100) with { Cash = cash },
            Execution = new() { Leverage = 4, MarginRate = 0.0365 },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(100, 110, 100, 110)
        .Bar(110, 110, 110, 110, b => b.Exit()).Bar(120, 120, 120, 120);
        var s = Days(4_000);
        s.Run();
        // Three nights at a ten-thousandth a day: of the 6,000 that were not there, and of what the nights before have cost.
        var expected = 0.0;
        for (var night = 0; night < 3; night++) expected += (6_000 + expected) * 0.0001;
        s.Closed.ShouldHaveSingleItem().Financing.ShouldBe(-expected, 1e-9);
        s.Closed[0].NetProfit.ShouldBe(2_000 - expected, 1e-9);
        s = Days(10_000);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Financing.ShouldBe(0);
    }

    [Fact]
    public void A_short_sales_proceeds_do_not_pay_for_a_purchase()
    {
        var s = new Scenario
        {
            Timeframe = Timeframe.D1,
            Settings = Units(100) with { Cash = 5_000 },
            Execution = new() { Leverage = 10, MarginRate = 0.0365 }
        }
            .Bar(100, 100, 100, 100, b =>
            {
                b.Enter(Side.Sell);
                b.Enter(Side.Buy);
            })
            .Bar(100, 100, 100, 100).Bar(100, 100, 100, 100, b =>
            {
                b.Exit(Side.Buy);
                b.Exit(Side.Sell);
            }).Bar(100, 100, 100, 100);
        s.Run();
        s.Closed.Single(t => t.Side == Side.Buy).Financing.ShouldBe(-(5_000 + 5_000.5) * 0.0001, 1e-9);
        s.Closed.Single(t => t.Side == Side.Sell).Financing.ShouldBe(0);
    }
}
