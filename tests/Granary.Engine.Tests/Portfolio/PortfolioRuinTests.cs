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

    private static PortfolioRun Run(ExecutionSettings? execution = null)
    {
        var run = new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }, new Instrument { Symbol = "B" }],
            [new("Short@A", [0], 1), new("Long@B", [1], 1)], execution);
        Mark(run, 0, 100, 100);
        return run;
    }

    private static void Mark(PortfolioRun run, int day, double a, double b)
    {
        run.Mark(0, a);
        run.Mark(1, b);
        run.Revalue(Start + day * TimeSpan.TicksPerDay);
    }

    private static Signal Signal(int number, Side side, double quantity) =>
        new(number, Start, side, OrderType.Market, 100, quantity, 0, 0, long.MaxValue);

    [Fact]
    public void A_portfolio_without_equity_closes_everything_owes_nothing_and_refuses_what_comes()
    {
        var run = Run();
        run.OnSignal(0, Signal(1, Side.Sell, 60)).ShouldBe(Decision.Accepted);
        run.OnEntry(0, 1, Start, 100, 60, 0).ShouldBe(60);
        run.OnSignal(1, Signal(1, Side.Buy, 30)).ShouldBe(Decision.Accepted);
        run.OnEntry(1, 1, Start, 100, 30, 0).ShouldBe(30);
        run.OnSignal(1, Signal(2, Side.Buy, 5)).ShouldBe(Decision.Accepted);
        // 10,000 − 60 · 220 + 30 · 20 = −2,600.
        Mark(run, 1, 320, 120);
        run.Equity.ShouldBe(-2_600, 1e-9);
        var closed = run.CallMargin(Start + TimeSpan.TicksPerDay);
        run.Revalue(Start + TimeSpan.TicksPerDay);
        closed.Select(c => c.Trade.Reason).ShouldBe([ExitReason.Ruined, ExitReason.Ruined]);
        closed.Sum(c => c.Trade.NetProfit).ShouldBe(-10_000, 1e-9);
        (run.IsRuined, run.Equity, run.Cash, run.Exposure, run.OpenTrades, run.Drawdown).ShouldBe((true, 0, 0, 0, 0, 1));
        run.OnEntry(1, 2, Start, 100, 5, 0).ShouldBe(0, "an entry that was accepted before is not filled after");
        run.OnSignal(0, Signal(2, Side.Buy, 1)).ShouldBe(Decision.Ruined);
        Mark(run, 2, 10, 500);
        (run.Equity, run.CallMargin(Start + 2 * TimeSpan.TicksPerDay).Count).ShouldBe((0, 0));
    }

    [Fact]
    public void A_trade_that_closes_beyond_the_equity_leaves_no_debt()
    {
        var run = Run();
        run.OnSignal(0, Signal(1, Side.Sell, 50));
        run.OnEntry(0, 1, Start, 100, 50, 0);
        var trade = run.OnTrade(0, new Trade(1, Side.Sell, 50, Start, Start, 100, Start + 1, 350, -12_500, 0, 1, ExitReason.Signal, 0, 0));
        (trade!.Value.Trade.Profit, trade.Value.Trade.Financing, trade.Value.Trade.NetProfit).ShouldBe((-12_500, 2_500, -10_000));
        Mark(run, 1, 350, 100);
        (run.IsRuined, run.Equity).ShouldBe((true, 0));
    }

    [Fact]
    public void A_margin_call_comes_before_ruin_where_a_maintenance_margin_is_asked_for()
    {
        var run = Run(new ExecutionSettings { Maintenance = 0.3 });
        run.OnSignal(0, Signal(1, Side.Sell, 50));
        run.OnEntry(0, 1, Start, 100, 50, 0);
        // Equity 3,000 of positions worth 12,000.
        Mark(run, 1, 240, 100);
        run.CallMargin(Start + TimeSpan.TicksPerDay).ShouldHaveSingleItem().Trade.Reason.ShouldBe(ExitReason.MarginCall);
        run.Revalue(Start + TimeSpan.TicksPerDay);
        (run.IsRuined, run.Equity).ShouldBe((false, 3_000));
    }
}
