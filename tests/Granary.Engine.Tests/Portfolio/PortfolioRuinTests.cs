using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>The portfolio's own account follows the rule of every account: at zero equity it is closed.</summary>
public sealed class PortfolioRuinTests
{
    private static readonly long Start = new DateTime(2026, 1, 5).Ticks;

    private static PortfolioHost Host(ExecutionSettings? execution = null)
    {
        var host = new PortfolioHost(new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }, new Instrument { Symbol = "B" }],
            [new("Short@A", [0], 1) { Timeframe = Timeframe.D1 }, new("Long@B", [1], 1) { Timeframe = Timeframe.D1 }], execution));
        Day(host, 0, 100, 100);
        return host;
    }

    private static void Day(PortfolioHost host, int day, double a, double b) =>
        host.Flat(Timeframe.D1, Start + day * TimeSpan.TicksPerDay, a, b);

    private static Signal Signal(int number, Side side, double quantity) =>
        new(number, Start, side, OrderType.Market, 100, quantity, 0, 0, long.MaxValue);

    [Fact]
    public void A_portfolio_without_equity_closes_everything_owes_nothing_and_refuses_what_comes()
    {
        var host = Host();
        var (run, closed) = (host.Run, host.Closed);
        run.OnSignal(0, Signal(1, Side.Sell, 60)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, Signal(1, Side.Buy, 30)).ShouldBe(Decision.Accepted);
        Day(host, 1, 100, 100);
        host.Fills.Select(f => f.Quantity).ShouldBe([60, 30]);
        // An order that waits for its price.
        run.OnSignal(1, Signal(2, Side.Buy, 5) with { Type = OrderType.Limit, Price = 50 }).ShouldBe(Decision.Accepted);
        // 10,000 − 60 · 220 + 30 · 20 = −2,600.
        Day(host, 2, 320, 120);
        closed.Select(c => c.Trade.Reason).ShouldBe([ExitReason.Ruined, ExitReason.Ruined]);
        closed.Sum(c => c.Trade.NetProfit).ShouldBe(-10_000, 1e-9);
        (run.IsRuined, run.Equity, run.Cash, run.Exposure, run.OpenTrades, run.Drawdown).ShouldBe((true, 0, 0, 0, 0, 1));
        run.OnSignal(0, Signal(2, Side.Buy, 1)).ShouldBe(Decision.Ruined);
        Day(host, 3, 10, 40);
        host.Fills.Count.ShouldBe(4, "an entry that was accepted before is not filled after");
        (run.Equity, closed.Count).ShouldBe((0, 2));
    }

    [Fact]
    public void A_trade_that_closes_beyond_the_equity_leaves_no_debt()
    {
        var host = Host();
        var run = host.Run;
        run.OnSignal(0, Signal(1, Side.Sell, 50));
        Day(host, 1, 100, 100);
        host.Exit(0, 1);
        Day(host, 2, 350, 100);
        var trade = host.Closed.ShouldHaveSingleItem().Trade;
        (trade.Profit, trade.Financing, trade.NetProfit).ShouldBe((-12_500, 2_500, -10_000));
        (run.IsRuined, run.Equity).ShouldBe((true, 0));
    }

    [Fact]
    public void A_margin_call_comes_before_ruin_where_a_maintenance_margin_is_asked_for_and_closes_at_the_next_open()
    {
        var host = Host(new ExecutionSettings { Maintenance = 0.3 });
        host.Run.OnSignal(0, Signal(1, Side.Sell, 50));
        Day(host, 1, 100, 100);
        // Equity 3,000 of positions worth 12,000.
        Day(host, 2, 240, 100);
        host.ClosedItself.ShouldBe([(0, 1, ExitReason.MarginCall)]);
        host.Closed.ShouldBeEmpty();
        Day(host, 3, 230, 100);
        (host.Closed.ShouldHaveSingleItem().Trade.Reason, host.Closed[0].Trade.ExitPrice).ShouldBe((ExitReason.MarginCall, 230));
        (host.Run.IsRuined, host.Run.Equity).ShouldBe((false, 3_500));
    }
}
