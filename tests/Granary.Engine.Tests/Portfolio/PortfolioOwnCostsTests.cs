using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// A portfolio pays what its own orders cost: their prices, fees by its own turnover, and cash that its own positions lock.
/// </summary>
public sealed class PortfolioOwnCostsTests
{
    private const long Day = TimeSpan.TicksPerDay;
    private const long First = 738_000 * Day;

    private static PortfolioRun Run(ExecutionSettings execution, double lot = 0, PortfolioLimits? limits = null) =>
        new(100_000, limits ?? new PortfolioLimits(), [new Instrument { Symbol = "A", LotSize = lot }, new Instrument { Symbol = "B" }],
            [new PortfolioMember("a", [0], 1) { Timeframe = Timeframe.D1 }, new PortfolioMember("b", [1], 1) { Timeframe = Timeframe.D1 }],
            execution);

    private static void Bars(PortfolioRun run, int day, double close, double other = 100)
    {
        run.Mark(0, new Bar(First + day * Day, close, close + 2, close - 2, close, 1_000));
        run.Mark(1, new Bar(First + day * Day, other, other + 2, other - 2, other, 1_000));
        run.Revalue(First + day * Day);
    }

    private static void Enter(PortfolioRun run, int member, int number, Side side, double quantity, double price = 100, int day = 1)
    {
        run.OnSignal(member, new Signal(number, First, side, OrderType.Market, price, quantity, 0, 0, long.MaxValue))
            .ShouldBe(Decision.Accepted);
        run.OnEntry(member, number, First + day * Day, price, quantity, 0);
    }

    [Fact]
    public void The_part_that_a_limit_closes_pays_the_slippage_of_a_market_order()
    {
        var limits = new PortfolioLimits
        {
            Rules = [ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 40 })],
            Enforce = LimitCheck.EveryBar,
        };
        var run = Run(new ExecutionSettings { Slippage = new PercentSlippage(1) }, limits: limits);
        var fills = new List<PortfolioFill>();
        run.ReportFills(fills.Add);
        Bars(run, 0, 100);
        Enter(run, 0, 1, Side.Buy, 400);
        Bars(run, 2, 150);
        run.Trim(First + 2 * Day).ShouldNotBeEmpty();
        fills[^1].Kind.ShouldBe(PortfolioFillKind.Exit);
        // 1 % below the close of 150, and not below the low of 148.
        fills[1].Price.ShouldBe(148.5);
    }

    [Fact]
    public void A_margin_call_pays_the_slippage_of_a_market_order()
    {
        var run = Run(new ExecutionSettings { Slippage = new PercentSlippage(1), Leverage = 4, Maintenance = 0.3 });
        Bars(run, 0, 100);
        Enter(run, 0, 1, Side.Buy, 3_000);
        Bars(run, 2, 90);
        // Equity of 70,000 is below 30 % of 270,000.
        run.CallMargin(First + 2 * Day).ShouldHaveSingleItem().Trade.ExitPrice.ShouldBe(89.1, 1e-9);
    }

    [Fact]
    public void Fills_whose_fees_are_proportional_count_for_the_tiers_of_others()
    {
        FeeModel tiers = new FeeSchedule([new FeeTier(0, 0.1, 0.1), new FeeTier(15_000, 0.05, 0.05)], 30);
        var run = Run(new ExecutionSettings
        {
            Fee = tiers,
            BySymbol = new Dictionary<string, SymbolCosts> { ["B"] = new(new PercentFee(0.2), null, 0) },
        });
        Bars(run, 0, 100);
        Enter(run, 1, 1, Side.Buy, 100);
        run.OnTrade(1, new Trade(1, Side.Buy, 100, First, First + Day, 100, First + 2 * Day, 100, 0, 40, 1, ExitReason.Signal, 0, 0));
        run.Commission.ShouldBe(40, 1e-9);
        Enter(run, 0, 1, Side.Buy, 100, day: 3);
        // 20,000 were traded in B: the tier of 0.05 % holds in A.
        run.Commission.ShouldBe(45, 1e-9);
    }

    [Fact]
    public void Parts_of_a_trade_round_their_sum_to_lots()
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A", LotSize = 1 }],
            [new PortfolioMember("a", [0], 2.5) { Timeframe = Timeframe.D1 }]);
        run.Mark(0, 100);
        run.Revalue(First);
        Enter(run, 0, 1, Side.Buy, 10);
        double Part(int day) => run.OnFill(0, new TradeFill(1, First + day * Day, 100, 3, 0, new OrderId(7), IsEntry: false, IsFirst: false,
            IsMaker: true));
        // 30 % of 25 are 7.5, and 60 % are 15.
        Part(2).ShouldBe(7);
        Part(3).ShouldBe(8);
    }

    [Fact]
    public void Proceeds_and_collateral_of_a_short_sale_stay_locked_at_its_entry_price()
    {
        var run = Run(new ExecutionSettings());
        Bars(run, 0, 100);
        Enter(run, 0, 1, Side.Sell, 200);
        Bars(run, 1, 120);
        // 100,000 + 20,000 - 2 · 200 · 100, also at a close of 120.
        run.FreeCash.ShouldBe(80_000, 1e-9);
        // An exit under way releases 200 · (2 · 100 - 120).
        run.OnExiting(0, 1);
        run.OnSignal(1, new Signal(1, First, Side.Buy, OrderType.Market, 100, 1_000, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        (1_000 * run.ScaleOf(1, 1)).ShouldBe(960, 1e-6);
    }

    [Fact]
    public void A_split_that_intraday_bars_report_spares_a_daily_trade_that_was_entered_at_the_open_of_its_date()
    {
        var exDate = First + 2 * Day;
        var run = new PortfolioRun(100_000, new PortfolioLimits(),
            [new Instrument { Symbol = "A", CorporateActions = [new CorporateAction(exDate, 2, 0)] }],
            [
                new PortfolioMember("1h", [0], 1) { Timeframe = Timeframe.H1 },
                new PortfolioMember("1d", [0], 1) { Timeframe = Timeframe.D1 },
            ],
            new ExecutionSettings());
        run.Mark(0, 100);
        run.Revalue(First);
        Enter(run, 0, 1, Side.Buy, 100);
        Enter(run, 1, 1, Side.Buy, 30, price: 50, day: 2);
        run.OnSplit(0, 1, exDate + 14 * TimeSpan.TicksPerHour, exDate, 2);
        run.Mark(0, 50);
        run.Revalue(exDate + 15 * TimeSpan.TicksPerHour);
        // 200 after the split, and 30 that were bought after it.
        run.Exposure.ShouldBe(230 * 50);
        run.Equity.ShouldBe(100_000, 1e-9);
    }

    [Fact]
    public void A_short_entry_whose_price_depends_on_its_size_is_cut_to_what_cash_pays_for_at_its_own_price()
    {
        var run = Run(new ExecutionSettings { Slippage = new VolumeShareSlippage(0.05) });
        Bars(run, 0, 100);
        run.OnSignal(0, new Signal(1, First, Side.Sell, OrderType.Market, 100, 990, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        var terms = new FillTerms(FillSlippage.Order, 110, double.NaN, First + Day, 110, 111, 70, 100, 1_000, double.NaN, false);
        run.OnPriced(terms);
        // The whole quantity has a price of 104.6, and a part of it a higher one, up to 110.
        var fill = new TradeFill(1, First + Day, 104.6, 990, 0, new OrderId(1), IsEntry: true, IsFirst: true, IsMaker: false);
        var own = run.OnFill(0, fill);
        own.ShouldBe(100_000 / 110.0, 1e-6);
        run.FreeCash.ShouldBeGreaterThan(0);
    }
}
