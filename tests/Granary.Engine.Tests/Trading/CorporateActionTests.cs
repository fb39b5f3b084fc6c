using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>A dividend and a split on one ex date, and orders over a split.</summary>
public sealed class CorporateActionTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);
    private static readonly long Ex = Start.AddDays(3).Ticks;

    private static Scenario Of(double lot, params CorporateAction[] actions) => new()
    {
        Settings = new() { Cash = 100_000, Size = SizeRule.Units(10) },
        Timeframe = Timeframe.D1,
        Start = Start,
        Instrument = new() { Symbol = "TEST", LotSize = lot, CorporateActions = actions },
    };

    [Theory]
    // Two for one, and one for ten: 100 less the dividend of 2 is 98, which the split divides.
    [InlineData(2, Side.Buy), InlineData(2, Side.Sell), InlineData(0.1, Side.Buy), InlineData(0.1, Side.Sell)]
    public void A_dividend_is_paid_per_old_share_so_that_it_and_a_split_on_one_date_bring_nothing(double ratio, Side side)
    {
        var price = 98 / ratio;
        foreach (var actions in (CorporateAction[][])[[new(Ex, ratio, 2)], [new(Ex, ratio, 0), new(Ex, 1, 2)],
            [new(Ex, 1, 2), new(Ex, ratio, 0)]])
        {
            var s = Of(0, actions).Bar(100, 101, 99, 100, b => b.Enter(side)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100)
                .Bar(price, price, price, price, b => b.Exit()).Bar(price, price, price, price);
            var result = s.Run();
            var trade = s.Closed.ShouldHaveSingleItem();
            trade.Financing.ShouldBe((int)side * 20, 1e-9);
            trade.Quantity.ShouldBe(10 * ratio, 1e-9);
            result.Equity.Final.ShouldBe(100_000, 1e-6);
        }
    }

    [Fact]
    public void Actions_are_in_the_order_of_their_dates_and_those_of_one_date_are_one()
    {
        new Instrument { Symbol = "X", CorporateActions = [new(30, 2, 0), new(10, 1, 1), new(30, 1, 0.5), new(30, 3, 0.25)] }
            .CorporateActions.ShouldBe([new(10, 1, 1), new(30, 6, 0.75)]);
    }

    [Theory]
    // Nine shares over one for a hundred are 0.09 shares, and over three for two 13.5: 13 whole ones. Without a lot, fractions are traded.
    [InlineData(1, 0.01, 9, 0), InlineData(1, 1.5, 9, 13), InlineData(1, 0.1, 25, 2), InlineData(0, 0.01, 9, 0.09), InlineData(1, 2, 9, 18)]
    public void A_waiting_order_keeps_whole_lots_over_a_split_and_is_cancelled_without_one(double lot, double ratio, double quantity,
        double bought)
    {
        var (after, entry) = (100 / ratio, new EntryOptions { Type = OrderType.Limit, LimitPrice = 90, Quantity = quantity });
        var s = Of(lot, new CorporateAction(Ex, ratio, 0)).Bar(100, 101, 99, 100, b => b.Enter(Side.Buy, entry)).Bar(100, 101, 99, 100)
            .Bar(100, 101, 99, 100).Bar(after, after, 0.8 * after, 0.9 * after).Bar(after, after, after, after);
        s.Run();
        s.Trades.Sum(t => t.Quantity).ShouldBe(bought, 1e-12);
        if (bought == 0) s.Ended.ShouldHaveSingleItem().End.ShouldBe(SignalEnd.Cancelled);
        else s.Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(90 / ratio, 1e-9);
    }

    [Fact]
    public void An_order_that_closes_a_position_closes_its_fraction_of_a_share_too()
    {
        // 15 shares are 1.5 after one for ten; the manual order to sell 15 at 120 sells these 1.5 at 1,200 and opens nothing.
        var s = Of(1, new CorporateAction(Ex, 0.1, 0)).Bar(100, 101, 99, 100, b => b.Enter(Side.Buy, new EntryOptions { Quantity = 15 }))
            .Bar(100, 101, 99, 100, b => b.Submit(new OrderRequest
            {
                Side = Side.Sell,
                Quantity = 15,
                Type = OrderType.Limit,
                LimitPrice = 120,
            })).Bar(100, 101, 99, 100).Bar(1000, 1000, 1000, 1000).Bar(1000, 1250, 1000, 1000).Bar(1000, 1000, 1000, 1000);
        var result = s.Run();
        s.Trades.ShouldHaveSingleItem().ExitPrice.ShouldBe(1200);
        result.Equity.Final.ShouldBe(100_000 + 15 * 20, 1e-9);
    }

    [Fact]
    public void Each_member_of_a_portfolio_has_its_dividend_on_the_shares_before_the_split()
    {
        var instrument = new Instrument { Symbol = "A", CorporateActions = [new(Ex, 2, 2), new(Ex + TimeSpan.TicksPerDay, 1, 1)] };
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [instrument],
            [new PortfolioMember("S0", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("S1", [0], 1) { Timeframe = Timeframe.D1 }],
            new ExecutionSettings());
        var host = new PortfolioHost(run);
        Day(0, 100);
        host.Enter(0, 1, Side.Buy, 10, 100);
        host.Enter(1, 1, Side.Buy, 10, 100);
        Day(1, 100);
        Day(2, 100);
        run.Financing.ShouldBe(0);
        // 2 for each of 20 shares, which are 40 after the split: 100 less 2 are 98, and half of it 49.
        Day(3, 49);
        run.Financing.ShouldBe(40);
        run.Equity.ShouldBe(100_000, 1e-9);
        // A second dividend, on the shares after it.
        Day(4, 48);
        run.Financing.ShouldBe(80);

        void Day(int day, double price) => host.Flat(Timeframe.D1, Start.AddDays(day).Ticks, price);
    }
}
