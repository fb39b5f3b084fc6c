using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// Strategies on one symbol whose bars have a volume of 1,000, of which a tenth may be filled; and what the portfolio owes.
/// </summary>
public sealed class PortfolioVolumeTests
{
    private const long Day = TimeSpan.TicksPerDay;
    private const long First = 738_000 * Day;

    private static PortfolioHost Host(ExecutionSettings execution, double cash = 1e6, int members = 2, Instrument? instrument = null) =>
        new(new PortfolioRun(cash, new PortfolioLimits(), [instrument ?? new Instrument { Symbol = "X", LotSize = 1 }],
            [.. Enumerable.Range(0, members).Select(i => new PortfolioMember($"{i}", [0], 1) { Timeframe = Timeframe.D1 })], execution));

    private static void Bar(PortfolioHost host, int day, double price, double volume = 1_000) =>
        host.Bars(Timeframe.D1, PortfolioHost.Flat(First + day * Day, price, volume));

    private static void Long(PortfolioHost host, int member, double quantity) => host.Enter(member, 1, Side.Buy, quantity, 10);

    [Fact]
    public void Strategies_together_fill_no_more_of_a_bar_than_its_share()
    {
        var host = Host(new ExecutionSettings { VolumeShare = 0.1 }, members: 3);
        Bar(host, 0, 10);
        Long(host, 0, 70);
        Long(host, 1, 70);
        host.Run.OnSignal(2, new Signal(1, host.Time, Side.Buy, OrderType.Market, 10, 10, 0, 0, long.MaxValue)
        { TimeInForce = TimeInForce.ImmediateOrCancel }).ShouldBe(Decision.Accepted);
        Bar(host, 1, 10);
        // The second gets what the first left of 100, the third nothing.
        host.Fills.Select(f => (f.Member, f.Quantity)).ShouldBe([(0, 70), (1, 30)]);
        host.Run.Cash.ShouldBe(1e6 - 100 * 10);
        Bar(host, 2, 10);
        // The rest of the second waits for the next bar, where the third does not wait any more.
        host.Fills.Skip(2).Select(f => (f.Member, f.Quantity)).ShouldBe([(1, 40)]);
        host.Ended.ShouldBe([(2, 1, SignalEnd.Expired)]);
    }

    [Fact]
    public void Orders_in_one_bar_share_its_volume_also_with_an_order_in_a_longer_bar_between_them()
    {
        const long Hour = TimeSpan.TicksPerHour;
        var host = new PortfolioHost(new PortfolioRun(1e6, new PortfolioLimits(), [new Instrument { Symbol = "X", LotSize = 1 }],
            [new PortfolioMember("a", [0], 1) { Timeframe = Timeframe.H1 }, new PortfolioMember("b", [0], 1) { Timeframe = Timeframe.H2 },
                new PortfolioMember("c", [0], 1) { Timeframe = Timeframe.H1 }], new ExecutionSettings { VolumeShare = 0.1 }));
        for (var hour = 0; hour < 4; hour++)
        {
            // The second bar of two hours and its second hour close together. The first order waits for 9 until then.
            host.Add(0, Timeframe.H1, PortfolioHost.Flat(First + hour * Hour, hour < 3 ? 10 : 9));
            if (hour % 2 == 1) host.Add(0, Timeframe.H2, new Bar(First + (hour - 1) * Hour, 10, 10, 9, hour < 3 ? 10 : 9, 2_000));
            host.EndRow();
            if (hour == 1)
                host.Run.OnSignal(0, new Signal(1, host.Time, Side.Buy, OrderType.Limit, 9, 80, 0, 0, long.MaxValue))
                    .ShouldBe(Decision.Accepted);
            if (hour == 1) host.Enter(1, 1, Side.Buy, 150, 10);
            if (hour == 2) host.Enter(2, 1, Side.Buy, 80, 10);
        }
        // 100 of the bar of an hour, of which the first leaves 20; 200 of the bar of two hours.
        host.Fills.Select(f => (f.Member, f.Quantity)).ShouldBe([(0, 80), (1, 150), (2, 20)]);
    }

    [Fact]
    public void A_trade_whose_exit_waits_for_volume_is_not_cut_for_a_limit_too()
    {
        var limits = PortfolioLimits.Of(ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 20 }))
            with
        { Enforce = LimitCheck.EveryBar };
        var host = new PortfolioHost(new PortfolioRun(100_000, limits, [new Instrument { Symbol = "X", LotSize = 1 }],
            [new PortfolioMember("a", [0], 1) { Timeframe = Timeframe.D1 }], new ExecutionSettings { VolumeShare = 0.1 }));
        Bar(host, 0, 10);
        Long(host, 0, 2_000);
        Bar(host, 1, 10, 20_000);
        host.Exit(0, 1);
        Bar(host, 2, 15, 10);
        // One unit was let out at 15. Of the equity of 110,000 at most 22,000 may stay, but the rest is being closed already.
        host.Run.Equity.ShouldBe(110_000, 1e-6);
        host.Run.Exposure.ShouldBe(1_999 * 15);
        host.Cuts.ShouldBeEmpty();
    }

    [Fact]
    public void What_waits_for_volume_takes_part_in_dividends_and_splits()
    {
        var host = Host(new ExecutionSettings { VolumeShare = 0.1 }, instrument: new Instrument
        {
            Symbol = "X",
            LotSize = 1,
            CorporateActions = [new CorporateAction(First + 4 * Day, 2, 0.5)],
        });
        Bar(host, 0, 10);
        Long(host, 0, 90);
        Bar(host, 1, 10);
        Long(host, 1, 90);
        Bar(host, 2, 10);
        host.Fills.Select(f => f.Quantity).ShouldBe([90, 90]);
        host.Exit(0, 1);
        host.Exit(1, 1);
        Bar(host, 3, 12);
        // 80 of 180 wait. They are 160 after the split, of which the bar's volume lets 100 out.
        var cash = host.Run.Cash;
        Bar(host, 4, 6);
        host.Run.Cash.ShouldBe(cash + 80 * 0.5 + 100 * 6, 1e-9);
        host.Run.Exposure.ShouldBe(60 * 6);
    }

    [Fact]
    public void What_the_volume_does_not_let_out_is_closed_at_the_next_opens()
    {
        var host = Host(new ExecutionSettings { VolumeShare = 0.1 });
        Bar(host, 0, 10);
        Long(host, 0, 90);
        Bar(host, 1, 10);
        Long(host, 1, 90);
        Bar(host, 2, 11);
        // At 10 and 11.
        host.Fills.Select(f => f.Price).ShouldBe([10, 11]);
        host.Exit(0, 1);
        host.Exit(1, 1);
        Bar(host, 3, 12);
        host.Fills.Skip(2).Select(f => (f.Member, f.Quantity)).ShouldBe([(0, 90), (1, 10)]);
        host.Closed.ShouldHaveSingleItem().Member.ShouldBe(0);
        Bar(host, 4, 11);
        var late = host.Closed[1];
        (late.Member, late.Trade.Quantity, late.Trade.ExitTime, late.Trade.Reason)
            .ShouldBe((1, 90, First + 4 * Day, ExitReason.Signal));
        late.Trade.ExitPrice.ShouldBe((10 * 12 + 80 * 11) / 90.0, 1e-12);
        host.Run.OpenTrades.ShouldBe(0);
        host.Run.Equity.ShouldBe(1e6 + 90 * 2 + 10 * 1, 1e-9);
    }

    [Fact]
    public void What_a_strategy_has_left_and_the_volume_does_not_let_out_follows_at_the_next_opens()
    {
        var host = Host(new ExecutionSettings { VolumeShare = 0.1 });
        Bar(host, 0, 10);
        Long(host, 0, 90);
        Bar(host, 1, 10);
        // A stop, say, has closed the strategy's trade within the bar.
        host.Run.OnTrade(0, new Trade(1, Side.Buy, 90, First, First + Day, 10, First + Day, 9, -90, 0, 0, ExitReason.Stop, 0, 0));
        Bar(host, 2, 9, volume: 500);
        Bar(host, 3, 8);
        host.Fills.Skip(1).Select(f => (f.Price, f.Quantity)).ShouldBe([(9, 50), (8, 40)]);
        host.Closed.ShouldHaveSingleItem().Trade.Reason.ShouldBe(ExitReason.Stop);
    }

    [Fact]
    public void What_is_left_at_the_end_is_open_at_the_last_mark()
    {
        var host = Host(new ExecutionSettings { VolumeShare = 0.1 });
        Bar(host, 0, 10);
        Long(host, 0, 100);
        Bar(host, 1, 10);
        // The other one has no part in it.
        host.Exit(1, 1);
        host.Exit(0, 1);
        host.Bars(Timeframe.D1, new Bar(First + 2 * Day, 12, 13, 12, 13, 600));
        host.Closed.ShouldBeEmpty();
        host.Run.OpenAtEnd().Select(t => (t.Trade.Reason, t.Trade.Quantity, t.Trade.ExitPrice, t.Trade.Profit))
            .ShouldBe([(ExitReason.Signal, 60, 12, 120), (ExitReason.Open, 40, 13, 120)]);
    }

    [Fact]
    public void The_portfolio_pays_interest_on_its_own_loan()
    {
        var host = Host(new ExecutionSettings { Leverage = 2, MarginRate = 0.0365 }, cash: 600);
        var run = host.Run;
        Bar(host, 0, 10);
        Long(host, 0, 100);
        Bar(host, 1, 10);
        run.Financing.ShouldBe(0, "nothing was held before");
        Bar(host, 2, 10);
        run.Financing.ShouldBe(-400 * 0.0001, 1e-12, "one night of the 400 that were not there");
        Bar(host, 5, 10);
        run.Financing.ShouldBe(-400 * 0.0001 - (400 + 0.04) * 0.0003, 1e-12, "and the three of a weekend");
        run.Equity.ShouldBe(600 + run.Financing, 1e-9);
    }

    [Theory]
    // Bought at the first time and sold at the open of the second, or at a target within it, with bars on these days.
    [InlineData(1, 4, new[] { 0, 1, 4 }, 3)]
    [InlineData(4, 7, new[] { 1, 4, 5, 6, 7 }, 3)]
    [InlineData(4, 4, new[] { 1, 4, 5 }, 0)]
    public void A_position_pays_interest_for_the_nights_over_which_it_is_held(int bought, int sold, int[] days, int nights)
    {
        var host = Host(new ExecutionSettings { Leverage = 2, MarginRate = 0.0365 }, cash: 600);
        for (var i = 0; i < days.Length; i++)
        {
            host.Bars(Timeframe.D1, new Bar(First + days[i] * Day, 10, sold == bought && days[i] == sold ? 12 : 10, 10, 10, 1_000));
            if (i + 1 == days.Length) break;
            if (days[i + 1] == bought)
                host.Run.OnSignal(0, new Signal(1, host.Time, Side.Buy, OrderType.Market, 10, 100, 0, 0, long.MaxValue)
                { OwnTarget = sold == bought ? 12 : 0 }).ShouldBe(Decision.Accepted);
            else if (days[i + 1] == sold) host.Exit(0, 1);
        }
        host.Closed.ShouldHaveSingleItem().Trade.EntryTime.ShouldBe(First + bought * Day);
        host.Closed[0].Trade.ExitTime.ShouldBe(First + sold * Day);
        // Each night's interest is borrowed too.
        host.Run.Financing.ShouldBe(-400 * 0.0001 * nights, 1e-4);
    }
}
