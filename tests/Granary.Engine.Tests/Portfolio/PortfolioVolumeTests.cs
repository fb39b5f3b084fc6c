using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// Two strategies on one symbol whose bars have a volume of 1,000, of which a tenth may be filled; and what the portfolio owes.
/// </summary>
public sealed class PortfolioVolumeTests
{
    private const long Day = TimeSpan.TicksPerDay;
    private const long First = 738_000 * Day;

    private static PortfolioRun Run(ExecutionSettings execution, double cash = 1e6) =>
        new(cash, new PortfolioLimits(), [new Instrument { Symbol = "X", LotSize = 1 }],
        [new PortfolioMember("a", [0], 1), new PortfolioMember("b", [0], 1)], execution);

    private static Signal Long(int number, double quantity) =>
        new(number, First, Side.Buy, OrderType.Market, 10, quantity, 0, 0, long.MaxValue);

    private static TradeFill Fill(int number, long time, double quantity, bool isEntry, double price = 10) =>
        new(number, time, price, quantity, 0, new OrderId(number), isEntry, IsFirst: isEntry, IsMaker: false)
        {
            BarVolume = 1_000,
            Reason = isEntry ? ExitReason.Open : ExitReason.Target,
        };

    private static Trade Closed(int number, double quantity, long time) =>
        new(number, Side.Buy, quantity, First, First + Day, 10, time, 12, 2 * quantity, 0, 1, ExitReason.Signal, 0, 0);

    private static void Bar(PortfolioRun run, long time, double close)
    {
        run.Mark(0, new Bar(time, close, close, close, close, 1_000));
        run.Revalue(time);
    }

    [Fact]
    public void Strategies_together_fill_no_more_of_a_bar_than_its_share()
    {
        var run = Run(new ExecutionSettings { VolumeShare = 0.1 });
        Bar(run, First, 10);
        run.OnSignal(0, Long(1, 70)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, Long(1, 70)).ShouldBe(Decision.Accepted);
        run.OnFill(0, Fill(1, First + Day, 70, isEntry: true)).ShouldBe(70);
        run.OnFill(1, Fill(1, First + Day, 70, isEntry: true)).ShouldBe(30, "what the first left of 100");
        run.VolumeCapReached.ShouldBeFalse();
        run.OnSignal(1, Long(2, 10)).ShouldBe(Decision.Accepted);
        run.OnFill(1, Fill(2, First + Day, 10, isEntry: true)).ShouldBe(0);
        run.VolumeCapReached.ShouldBeTrue();
        run.Cash.ShouldBe(1e6 - 100 * 10);
    }

    [Fact]
    public void What_waits_for_volume_takes_part_in_dividends_and_splits()
    {
        var (split, execution) = (First + 4 * Day, new ExecutionSettings { VolumeShare = 0.1 });
        var run = new PortfolioRun(1e6, new PortfolioLimits(),
            [new Instrument { Symbol = "X", LotSize = 1, CorporateActions = [new CorporateAction(split, 2, 0.5)] }],
            [new PortfolioMember("a", [0], 1) { Timeframe = Timeframe.D1 }, new PortfolioMember("b", [0], 1) { Timeframe = Timeframe.D1 }],
            execution);
        Bar(run, First, 10);
        for (var m = 0; m < 2; m++)
        {
            run.OnSignal(m, Long(1, 90));
            run.OnFill(m, Fill(1, First + (1 + m) * Day, 90, isEntry: true)).ShouldBe(90);
        }
        var exit = First + 3 * Day;
        for (var m = 0; m < 2; m++)
        {
            run.OnFill(m, Fill(1, exit, 90, isEntry: false, price: 12));
            run.OnTrade(m, Closed(1, 90, exit));
        }
        // 80 of 180 wait, without volume at the close of that bar; 160 after the split.
        Bar(run, exit, 12);
        var cash = run.Cash;
        Bar(run, split, 6);
        run.Cash.ShouldBe(cash + 80 * 0.5, 1e-9);
        run.Exposure.ShouldBe(160 * 6);
        run.Unwind(split);
        run.Cash.ShouldBe(cash + 40 + 100 * 6, 1e-9);
    }

    [Fact]
    public void What_the_volume_does_not_let_out_is_closed_at_the_next_closes()
    {
        var run = Run(new ExecutionSettings { VolumeShare = 0.1 });
        Bar(run, First, 10);
        for (var m = 0; m < 2; m++)
        {
            run.OnSignal(m, Long(1, 90));
            run.OnFill(m, Fill(1, First + (1 + m) * Day, 90, isEntry: true)).ShouldBe(90);
        }
        var exit = First + 3 * Day;
        Bar(run, exit - Day, 11);
        var whole = 0;
        for (var m = 0; m < 2; m++)
        {
            run.OnFill(m, Fill(1, exit, 90, isEntry: false, price: 12)).ShouldBe(m == 0 ? 90 : 10);
            if (run.OnTrade(m, Closed(1, 90, exit)) is not null) whole++;
        }
        whole.ShouldBe(1);
        Bar(run, exit, 12);
        run.Unwind(exit).ShouldBeEmpty("the bar's share is used up");
        Bar(run, exit + Day, 11);
        var late = run.Unwind(exit + Day).ShouldHaveSingleItem();
        (late.Member, late.Trade.Quantity, late.Trade.ExitTime, late.Trade.Reason).ShouldBe((1, 90, exit + Day, ExitReason.Signal));
        late.Trade.ExitPrice.ShouldBe((10 * 12 + 80 * 11) / 90.0, 1e-12);
        run.OpenTrades.ShouldBe(0);
        run.Revalue(exit + Day);
        run.Equity.ShouldBe(1e6 + 90 * 2 + 10 * 2 + 80 * 1, 1e-9);
    }

    [Fact]
    public void What_is_left_at_the_end_is_open_at_the_last_mark()
    {
        var run = Run(new ExecutionSettings { VolumeShare = 0.1 });
        Bar(run, First, 10);
        run.OnSignal(0, Long(1, 100));
        run.OnFill(0, Fill(1, First + Day, 100, isEntry: true));
        run.OnFill(1, Fill(1, First + 2 * Day, 1, isEntry: false)).ShouldBe(0, "it has no part in that");
        run.OnSignal(1, Long(2, 40));
        run.OnFill(1, Fill(2, First + 2 * Day, 40, isEntry: true)).ShouldBe(40);
        run.OnFill(0, Fill(1, First + 2 * Day, 100, isEntry: false, price: 12)).ShouldBe(60);
        run.OnTrade(0, Closed(1, 100, First + 2 * Day)).ShouldBeNull();
        Bar(run, First + 2 * Day, 13);
        var end = run.EndUnwinding(First + 2 * Day).Select(t => (t.Trade.Reason, t.Trade.Quantity, t.Trade.ExitPrice, t.Trade.Profit));
        end.ShouldBe([(ExitReason.Target, 60, 12, 120), (ExitReason.Open, 40, 13, 120)]);
    }

    [Fact]
    public void The_portfolio_pays_interest_on_its_own_loan_and_not_on_its_strategies()
    {
        var run = Run(new ExecutionSettings { Leverage = 2, MarginRate = 0.0365 }, cash: 600);
        Bar(run, First, 10);
        run.OnSignal(0, Long(1, 100)).ShouldBe(Decision.Accepted);
        run.OnFill(0, new TradeFill(1, First + Day, 10, 100, 0, default, IsEntry: true, IsFirst: true, IsMaker: false));
        run.OnFinancing(0, new FinancingEvent(1, First + Day, FinancingKind.Interest, -5));
        Bar(run, First + Day, 10);
        run.Financing.ShouldBe(0, "nothing was held before");
        Bar(run, First + 2 * Day, 10);
        run.Financing.ShouldBe(-400 * 0.0001, 1e-12, "one night of the 400 that were not there");
        Bar(run, First + 5 * Day, 10);
        run.Financing.ShouldBe(-400 * 0.0001 - (400 + 0.04) * 0.0003, 1e-12, "and the three of a weekend");
        run.Equity.ShouldBe(600 + run.Financing, 1e-9);
    }

    [Theory]
    // Bought at the first time and sold at the open of the second, with bars on these days.
    [InlineData(1, 4, new[] { 0, 1, 4 }, 3)]
    [InlineData(4, 7, new[] { 1, 4, 5, 6, 7 }, 3)]
    [InlineData(4, 4, new[] { 1, 4, 5 }, 0)]
    public void A_position_pays_interest_for_the_nights_over_which_it_is_held(int bought, int sold, int[] days, int nights)
    {
        var run = Run(new ExecutionSettings { Leverage = 2, MarginRate = 0.0365 }, cash: 600);
        foreach (var day in days)
        {
            var time = First + day * Day;
            if (day == bought) run.OnFill(0, new TradeFill(1, time, 10, 100, 0, default, IsEntry: true, IsFirst: true, IsMaker: false));
            if (day == sold) run.OnTrade(0, Closed(1, 100, time));
            Bar(run, time, 10);
            if (day == days[0]) run.OnSignal(0, Long(1, 100)).ShouldBe(Decision.Accepted);
        }
        // Each night's interest is borrowed too.
        run.Financing.ShouldBe(-400 * 0.0001 * nights, 1e-4);
    }
}
