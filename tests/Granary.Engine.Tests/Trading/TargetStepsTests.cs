using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Targets of parts of a trade. Each entry fills at 100, the open of bar 1.</summary>
public sealed class TargetStepsTests
{
    private static TargetStep Step(double percent, double? share = null) => new() { Percent = percent, Share = share };

    private static Scenario Of(IReadOnlyList<TargetStep> steps, double units = 10, double stopPercent = 0,
        ExecutionSettings? execution = null, Instrument? instrument = null, Side side = Side.Buy) => new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(units), TakeProfit = steps, StopLossPercent = stopPercent },
            Execution = execution ?? new ExecutionSettings(),
            Instrument = instrument ?? new Instrument { Symbol = "TEST" },
        }.Bar(100, 100, 100, 100, b => b.Enter(side));

    [Fact]
    public void Each_target_closes_its_share_of_the_entered_quantity()
    {
        var s = Of([Step(4, 0.5), Step(8)]).Bar(100, 105, 99, 104).Bar(104, 109, 103, 107);
        s.Run();
        s.PartialExits.ShouldBe([(1, 104, 5), (2, 108, 5)]);
        var trade = s.Closed.Single();
        // 5 · 4 + 5 · 8; the mean exit is 106.
        (trade.Profit, trade.ExitPrice, trade.Quantity, trade.Reason).ShouldBe((60, 106, 10, ExitReason.Target));
    }

    [Fact]
    public void Targets_of_a_short_trade_lie_below_its_entry()
    {
        var s = Of([Step(4, 0.5), Step(8)], side: Side.Sell).Bar(100, 101, 95, 96).Bar(96, 97, 91, 92);
        s.Run();
        s.PartialExits.ShouldBe([(1, 96, 5), (2, 92, 5)]);
        s.Closed.Single().Profit.ShouldBe(60);
    }

    [Fact]
    public void A_bar_that_passes_several_targets_fills_each_at_its_price()
    {
        var s = Of([Step(4, 0.3), Step(8, 0.3), Step(12)]).Bar(100, 113, 99, 110);
        s.Run();
        s.PartialExits.Select(e => e.Price).ShouldBe([104, 108, 112], 1e-9);
        s.PartialExits.Select(e => e.Quantity).ShouldBe([3, 3, 4], 1e-9);
    }

    [Theory]
    [InlineData(Side.Buy, 110)]
    [InlineData(Side.Sell, 90)]
    public void A_bar_that_opens_beyond_several_targets_fills_them_at_its_open(Side side, double open)
    {
        var s = Of([Step(4, 0.5), Step(8)], side: side).Bar(100, 101, 99, 100).Bar(open, open + 1, open - 1, open);
        s.Run();
        s.PartialExits.ShouldBe([(2, open, 5), (2, open, 5)]);
    }

    [Fact]
    public void A_bar_with_two_targets_and_the_stop_follows_the_intrabar_rule()
    {
        // The stop at 95, targets at 104, 108 and 112; the bar goes from 94 to 109.
        Scenario Run(IntrabarRule rule)
        {
            var s = Of([Step(4, 0.3), Step(8, 0.3), Step(12)], stopPercent: 5, execution: new() { Intrabar = rule })
                .Bar(100, 100, 100, 100).Bar(100, 109, 94, 100);
            s.Run();
            return s;
        }
        var stopped = Run(IntrabarRule.StopFirst).Closed.Single();
        (stopped.ExitPrice, stopped.Reason, stopped.Profit).ShouldBe((95, ExitReason.Stop, -50));
        var first = Run(IntrabarRule.TargetFirst);
        // 3 at 104, 3 at 108, and the rest of 4 at the stop: 12 + 24 − 20.
        first.PartialExits.ShouldBe([(2, 104, 3), (2, 108, 3), (2, 95, 4)]);
        first.Closed.Single().Profit.ShouldBe(16, 1e-9);
        first.Closed.Single().Reason.ShouldBe(ExitReason.Stop);
    }

    [Fact]
    public void A_stop_closes_what_the_targets_have_left()
    {
        var s = Of([Step(4, 0.5), Step(8)], stopPercent: 5).Bar(100, 105, 99, 104).Bar(104, 104, 94, 96);
        s.Run();
        s.PartialExits.ShouldBe([(1, 104, 5), (2, 95, 5)]);
        s.Closed.Single().Profit.ShouldBe(-5);
    }

    [Fact]
    public void Parts_are_whole_lots_whose_roundings_do_not_add_up()
    {
        // A third of 10 is 3.33: sums of 3.33, 6.67 and 10 are rounded down to 3, 6 and 10.
        var third = 1.0 / 3;
        var s = Of([Step(1, third), Step(2, third), Step(3, third)], instrument: new() { Symbol = "TEST", LotSize = 1 })
            .Bar(100, 104, 99, 103);
        s.Run();
        s.PartialExits.Select(e => e.Quantity).ShouldBe([3, 3, 4]);
    }

    [Fact]
    public void A_part_of_less_than_one_lot_leaves_its_quantity_to_the_next_target()
    {
        var s = Of([Step(1, 0.5), Step(2)], units: 1, instrument: new() { Symbol = "TEST", LotSize = 1 }).Bar(100, 101.5, 99, 101)
            .Bar(101, 103, 100, 102);
        s.Run();
        var trade = s.Closed.Single();
        (trade.ExitPrice, trade.Quantity, s.BarOf(trade.ExitTime)).ShouldBe((102, 1, 2));
    }

    [Fact]
    public void Targets_are_on_the_tick()
    {
        // 1.1 percent above 100 is 101.1; ticks of 0.25 round it to 101.
        var s = Of([Step(1.1, 0.5), Step(1.3)], instrument: new() { Symbol = "TEST", TickSize = 0.25 }).Bar(100, 102, 99, 101);
        s.Run();
        s.PartialExits.ShouldBe([(1, 101, 5), (1, 101.25, 5)]);
    }

    [Fact]
    public void Without_the_whole_quantity_the_rest_has_no_target()
    {
        var s = Of([Step(4, 0.25), Step(8, 0.25)]).Bar(100, 120, 99, 118, b => b.Exit()).Bar(117, 118, 116, 117);
        s.Run();
        s.PartialExits.ShouldBe([(1, 104, 2.5), (1, 108, 2.5), (2, 117, 5)]);
        s.Closed.Single().Reason.ShouldBe(ExitReason.Signal);
    }

    [Fact]
    public void A_volume_cap_fills_a_part_over_several_bars()
    {
        // Two units a bar. The entry of 4 fills on bars 1 and 2. The first target is for 3: two on bar 3, one on bar 4.
        var s = Of([Step(4, 0.75), Step(8)], units: 4, execution: new() { VolumeShare = 0.002 },
            instrument: new() { Symbol = "TEST", LotSize = 1 })
            .Bar(100, 101, 99, 100).Bar(100, 101, 99, 100).Bar(103, 109, 102, 105).Bar(103, 105, 102, 104).Bar(104, 109, 103, 105);
        s.Run();
        s.PartialExits.ShouldBe([(3, 104, 2), (4, 104, 1), (5, 108, 1)]);
        s.Closed.Single().Profit.ShouldBe(3 * 4 + 8);
    }

    [Fact]
    public void A_target_that_the_strategy_sets_is_for_the_whole_trade()
    {
        var s = new Scenario { Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TakeProfit = [Step(4, 0.5), Step(8)] } }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { TakeProfit = 106 })).Bar(100, 107, 99, 104);
        s.Run();
        (s.Closed.Single().ExitPrice, s.Closed.Single().Quantity).ShouldBe((106, 10));
    }

    [Fact]
    public void A_trade_that_is_open_at_the_end_has_a_closed_and_an_open_part()
    {
        var s = Of([Step(4, 0.5), Step(8)]).Bar(100, 105, 99, 103);
        s.Run();
        (s.Parts.Single().ExitPrice, s.Parts.Single().Quantity).ShouldBe((104, 5));
        (s.Trades.Single().Quantity, s.Trades.Single().Reason).ShouldBe((5, ExitReason.Open));
    }

    [Fact]
    public void A_strategy_sees_an_order_for_each_target()
    {
        var s = Of([Step(4, 0.5), Step(8)]).Bar(100, 105, 99, 104).Bar(104, 109, 103, 107);
        s.Run();
        s.Events.Where(e => e.Order.Role == OrderRole.TakeProfit)
            .Select(e => (e.Bar, e.Order.State, e.Order.LimitPrice, e.Order.Quantity)).ShouldBe([
                (1, OrderState.Submitted, 104, 5), (1, OrderState.Filled, 104, 5), (1, OrderState.Submitted, 108, 5),
                (2, OrderState.Filled, 108, 5)]);
    }

    [Fact]
    public void A_split_between_two_targets_keeps_the_shares_and_halves_the_prices()
    {
        var start = new DateTime(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);
        var split = new Instrument { Symbol = "TEST", CorporateActions = [new CorporateAction(start.AddDays(2).Ticks, 2, 0)] };
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TakeProfit = [Step(4, 0.5), Step(8)] },
            Timeframe = Timeframe.D1,
            Start = start,
            Instrument = split,
        };
        // Two new shares for each on bar 2: the other 5 become 10, and 108 becomes 54.
        s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 105, 99, 104).Bar(52, 53, 51, 52).Bar(52, 55, 51, 54);
        s.Run();
        s.PartialExits.ShouldBe([(1, 104, 5), (3, 54, 10)]);
    }

    [Fact]
    public void A_portfolio_closes_its_own_share_of_each_part_in_whole_lots()
    {
        var settings = new TradingSettings { TakeProfit = [Step(4, 0.5), Step(8)] };
        var host = new PortfolioHost(new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "TEST", LotSize = 1 }],
            [new PortfolioMember("steps", [0], 0.5) { Timeframe = Timeframe.M1, Settings = settings }], new ExecutionSettings()));
        host.Flat(Timeframe.M1, 0, 100);
        // Half of the strategy's 10; half of that is 2.5, of which 2 are whole lots; the last part closes the rest.
        host.Enter(0, 1, Side.Buy, 10, 100).ShouldBe(5);
        foreach (var (minute, price) in new[] { (1, 100), (2, 104), (3, 108) })
            host.Flat(Timeframe.M1, minute * TimeSpan.TicksPerMinute, price);
        host.Fills.Select(f => (f.Price, f.Quantity)).ShouldBe([(100, 5), (104, 2), (108, 3)]);
        var trade = host.Closed.ShouldHaveSingleItem().Trade;
        trade.Quantity.ShouldBe(5);
        // 2 · 4 + 3 · 8.
        trade.Profit.ShouldBe(32, 1e-9);
    }
}
