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

    private static PortfolioHost Host(ExecutionSettings execution, PortfolioLimits? limits = null) =>
        new(new PortfolioRun(100_000, limits ?? new PortfolioLimits(),
            [new Instrument { Symbol = "A" }, new Instrument { Symbol = "B" }],
            [new PortfolioMember("a", [0], 1) { Timeframe = Timeframe.D1 }, new PortfolioMember("b", [1], 1) { Timeframe = Timeframe.D1 }],
            execution));

    // Slippage stays within a bar: on a flat one there is none.
    private static void Flat(PortfolioHost host, int day, double close, double other = 100) =>
        host.Flat(Timeframe.D1, First + day * Day, close, other);

    private static void Bars(PortfolioHost host, int day, double close, double other = 100) => host.Bars(Timeframe.D1,
        new Bar(First + day * Day, close, close + 2, close - 2, close, 1_000),
        new Bar(First + day * Day, other, other + 2, other - 2, other, 1_000));

    [Fact]
    public void The_part_that_a_limit_closes_pays_the_slippage_of_a_market_order()
    {
        var limits = new PortfolioLimits
        {
            Rules = [ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 40 })],
            Enforce = LimitCheck.EveryBar,
        };
        var host = Host(new ExecutionSettings { Slippage = new PercentSlippage(1) }, limits);
        Flat(host, 0, 100);
        host.Enter(0, 1, Side.Buy, 400, 100);
        Flat(host, 1, 100);
        Bars(host, 2, 150);
        host.Cuts.ShouldNotBeEmpty();
        host.Fills[^1].Kind.ShouldBe(PortfolioFillKind.Exit);
        // 1 % below the close of 150, and not below the low of 148.
        host.Fills[1].Price.ShouldBe(148.5);
    }

    [Fact]
    public void A_margin_call_pays_the_slippage_of_a_market_order_at_the_next_open()
    {
        var host = Host(new ExecutionSettings { Slippage = new PercentSlippage(1), Leverage = 4, Maintenance = 0.3 });
        Flat(host, 0, 100);
        host.Enter(0, 1, Side.Buy, 3_000, 100);
        Flat(host, 1, 100);
        // Equity of 70,000 is below 30 % of 270,000.
        Flat(host, 2, 90);
        host.Closed.ShouldBeEmpty();
        Bars(host, 3, 90);
        // 1 % below the open of 90.
        host.Closed.ShouldHaveSingleItem().Trade.ExitPrice.ShouldBe(89.1, 1e-9);
    }

    [Fact]
    public void Fills_whose_fees_are_proportional_count_for_the_tiers_of_others()
    {
        FeeModel tiers = new FeeSchedule([new FeeTier(0, 0.1, 0.1), new FeeTier(15_000, 0.05, 0.05)], 30);
        var host = Host(new ExecutionSettings
        {
            Fee = tiers,
            BySymbol = new Dictionary<string, SymbolCosts> { ["B"] = new(new PercentFee(0.2), null, 0) },
        });
        Flat(host, 0, 100);
        host.Enter(1, 1, Side.Buy, 100, 100);
        Flat(host, 1, 100);
        host.Exit(1, 1);
        Flat(host, 2, 100);
        // 0.2 % of 10,000 twice.
        host.Run.Commission.ShouldBe(40, 1e-9);
        host.Enter(0, 1, Side.Buy, 100, 100);
        Flat(host, 3, 100);
        // 20,000 were traded in B: the tier of 0.05 % holds in A.
        host.Run.Commission.ShouldBe(45, 1e-9);
    }

    [Fact]
    public void Parts_of_a_trade_round_their_sum_to_lots()
    {
        TradingSettings settings = new()
        {
            TakeProfit = [new() { Percent = 4, Share = 0.3 }, new() { Percent = 8, Share = 0.3 }, new() { Percent = 12 }],
        };
        var host = new PortfolioHost(new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A", LotSize = 1 }],
            [new PortfolioMember("a", [0], 2.5) { Timeframe = Timeframe.D1, Settings = settings }]));
        host.Flat(Timeframe.D1, First, 100);
        host.Enter(0, 1, Side.Buy, 10, 100).ShouldBe(25);
        foreach (var (day, price) in new[] { (1, 100), (2, 104), (3, 108), (4, 112) })
            host.Flat(Timeframe.D1, First + day * Day, price);
        // 30 % of 25 are 7.5, and 60 % are 15.
        host.Fills.Skip(1).Select(f => (f.Price, f.Quantity)).ShouldBe([(104, 7), (108, 8), (112, 10)]);
    }

    [Fact]
    public void Each_part_by_hand_of_a_trade_is_in_whole_lots_and_the_last_one_closes_the_rest()
    {
        var host = new PortfolioHost(new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A", LotSize = 1 }],
            [new PortfolioMember("a", [0], 2.5) { Timeframe = Timeframe.D1 }]));
        host.Flat(Timeframe.D1, First, 100);
        host.Run.OnSignal(0, new Signal(1, First, Side.Buy, OrderType.Market, 100, 10, 0, 0, long.MaxValue) { IsByHand = true })
            .ShouldBe(Decision.Accepted);
        Fill(1, 10, of: 0);
        Fill(2, 3, of: 10);
        Fill(3, 3, of: 7);
        Fill(4, 4, of: 4);
        // 3 of 10 of 25 are 7.5, 3 of 7 of 18 are 7.7.
        host.Fills.Select(f => f.Quantity).ShouldBe([25, 7, 7, 11]);

        void Fill(int day, double quantity, double of)
        {
            var isEntry = of == 0;
            host.Run.OnFill(0, new TradeFill(1, First + day * Day, 100, quantity, 0, new OrderId(day), isEntry, isEntry, IsMaker: false)
            { IsByHand = true, IsAtOpen = true, OpenBefore = of, Reason = isEntry ? ExitReason.Open : ExitReason.Signal });
            host.Flat(Timeframe.D1, First + day * Day, 100);
        }
    }

    [Fact]
    public void Proceeds_and_collateral_of_a_short_sale_stay_locked_at_its_entry_price()
    {
        var host = Host(new ExecutionSettings());
        Flat(host, 0, 100);
        host.Enter(0, 1, Side.Sell, 200, 100);
        Flat(host, 1, 100);
        Flat(host, 2, 120);
        // 100,000 + 20,000 - 2 · 200 · 100, also at a close of 120.
        host.Run.FreeCash.ShouldBe(80_000, 1e-9);
        // An exit under way releases 200 · (2 · 100 - 120).
        host.Exit(0, 1);
        host.Enter(1, 1, Side.Buy, 1_000, 100).ShouldBe(960, 1e-6);
    }

    [Fact]
    public void A_split_that_intraday_bars_report_spares_a_daily_trade_that_was_entered_at_the_open_of_its_date()
    {
        var exDate = First + 2 * Day;
        var host = new PortfolioHost(new PortfolioRun(100_000, new PortfolioLimits(),
            [new Instrument { Symbol = "A", CorporateActions = [new CorporateAction(exDate, 2, 0)] }],
            [new PortfolioMember("1h", [0], 1) { Timeframe = Timeframe.H1 },
                new PortfolioMember("1d", [0], 1) { Timeframe = Timeframe.D1 }],
            new ExecutionSettings()));
        for (var day = 0; day < 3; day++)
        {
            var price = day < 2 ? 100 : 50;
            foreach (var hour in new[] { 14, 15 })
            {
                host.Flat(Timeframe.H1, First + day * Day + hour * TimeSpan.TicksPerHour, price);
                if (day == 0 && hour == 14) host.Enter(0, 1, Side.Buy, 100, 100);
            }
            host.Flat(Timeframe.D1, First + day * Day, price);
            // The order for 15 before the split buys 30 after it, at 50.
            if (day == 1) host.Enter(1, 1, Side.Buy, 15, 100);
        }
        host.Fills.Where(f => f.Member == 1).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            f => f.Quantity.ShouldBe(30), f => f.Price.ShouldBe(50));
        // 200 after the split, and 30 that were bought after it.
        host.Run.Exposure.ShouldBe(230 * 50);
        host.Run.Equity.ShouldBe(100_000, 1e-9);
    }

    [Fact]
    public void A_short_entry_whose_price_depends_on_its_size_is_cut_to_what_cash_pays_for_at_its_own_price()
    {
        var host = Host(new ExecutionSettings { Slippage = new VolumeShareSlippage(0.05) });
        Flat(host, 0, 100);
        host.Enter(0, 1, Side.Sell, 990, 100).ShouldBe(990);
        host.Bars(Timeframe.D1, new Bar(First + Day, 110, 111, 70, 100, 1_000), PortfolioHost.Flat(First + Day, 100));
        // The whole quantity has a price of 104.6, and a part of it a higher one, up to 110.
        host.Fills.ShouldHaveSingleItem().Quantity.ShouldBe(100_000 / 110.0, 1e-6);
        host.Run.FreeCash.ShouldBeGreaterThan(0);
    }
}
