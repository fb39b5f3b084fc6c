using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>Fills of a strategy's manual orders are taken as they are, in the size of the portfolio.</summary>
public sealed class PortfolioByHandTests
{
    private const long Day = TimeSpan.TicksPerDay;

    private static PortfolioHost Host(double weight = 1, double lot = 0, ExecutionSettings? execution = null, int members = 1)
    {
        var host = new PortfolioHost(new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A", LotSize = lot }],
            [.. Enumerable.Range(0, members).Select(i => new PortfolioMember($"{i}", [0], weight) { Timeframe = Timeframe.D1 })],
            execution));
        host.Flat(Timeframe.D1, 0, 100);
        return host;
    }

    private static void Signal(PortfolioHost host, int number, double quantity, Side side = Side.Buy) => host.Run.OnSignal(0,
        new Signal(number, host.Time, side, OrderType.Market, 100, quantity, 0, 0, long.MaxValue) { IsByHand = true, AtFill = true })
        .ShouldBe(Decision.Accepted);

    // Within the bar that comes; an exit of the strategy's open quantity.
    private static void Fill(PortfolioHost host, int number, double quantity, double price, bool isEntry, bool isAtOpen = true,
        double of = 0) => host.Run.OnFill(0,
            new TradeFill(number, host.Time + Day, price, quantity, 0, new OrderId(number), isEntry, IsFirst: isEntry, IsMaker: false)
            { IsByHand = true, IsAtOpen = isAtOpen, Reason = isEntry ? ExitReason.Open : ExitReason.Signal, OpenBefore = of });

    private static (double, double)[] Fills(PortfolioHost host) =>
        [.. host.Fills.Select(f => (f.Kind == PortfolioFillKind.Entry ? f.Quantity
        : -f.Quantity, f.Price))];

    [Fact]
    public void A_fill_by_hand_keeps_its_price_and_has_the_size_of_the_portfolio()
    {
        var host = Host(weight: 2);
        Signal(host, 1, 10);
        Fill(host, 1, 10, 97, isEntry: true, isAtOpen: false);
        host.Bars(Timeframe.D1, new Bar(Day, 100, 101, 96, 100, 1_000));
        Fill(host, 1, 10, 103, isEntry: false, isAtOpen: false, of: 10);
        host.Bars(Timeframe.D1, new Bar(2 * Day, 100, 104, 96, 100, 1_000));
        Fills(host).ShouldBe([(20, 97), (-20, 103)]);
        host.Closed.ShouldHaveSingleItem().Trade.NetProfit.ShouldBe(20 * 6);
    }

    [Fact]
    public void A_part_by_hand_of_a_trade_that_an_order_opened_closes_the_same_part()
    {
        var host = Host(weight: 2);
        host.Enter(0, 1, Side.Buy, 100, 100).ShouldBe(200);
        host.Flat(Timeframe.D1, Day, 100);
        // 20 of 100 are 40 of 200.
        Fill(host, 1, 20, 100, isEntry: false, of: 100);
        host.Flat(Timeframe.D1, 2 * Day, 100);
        Fills(host).ShouldBe([(200, 100), (-40, 100)]);
    }

    [Fact]
    public void A_trade_that_is_opened_and_closed_by_hand_within_one_bar_closes_at_the_price_of_its_fill()
    {
        var host = Host();
        Signal(host, 1, 10);
        Fill(host, 1, 10, 97, isEntry: true, isAtOpen: false);
        Fill(host, 1, 10, 99, isEntry: false, isAtOpen: false, of: 10);
        host.Bars(Timeframe.D1, new Bar(Day, 100, 101, 96, 100, 1_000));
        Fills(host).ShouldBe([(10, 97), (-10, 99)]);
    }

    [Fact]
    public void A_part_of_a_trade_that_was_opened_by_hand_within_the_same_bar_closes_that_part()
    {
        var host = Host();
        Signal(host, 1, 22);
        Fill(host, 1, 22, 97, isEntry: true, isAtOpen: false);
        Fill(host, 1, 6, 99, isEntry: false, isAtOpen: false, of: 22);
        host.Bars(Timeframe.D1, new Bar(Day, 100, 101, 96, 100, 1_000));
        host.Run.QuantityOf(0, 1).ShouldBe(16);
    }

    [Fact]
    public void A_fill_by_hand_has_its_volume_before_orders_of_the_same_strategy_that_came_later()
    {
        // 100 of a bar of 1,000: the strategy's own account has filled 60 by hand and 40 of its order.
        var host = Host(execution: new ExecutionSettings { VolumeShare = 0.1 });
        Signal(host, 1, 60);
        host.Run.OnSignal(0, new Signal(2, host.Time, Side.Sell, OrderType.Market, 100, 200, 0, 0, long.MaxValue))
            .ShouldBe(Decision.Accepted);
        Fill(host, 1, 60, 100, isEntry: true);
        host.Flat(Timeframe.D1, Day, 100);
        host.Fills.Select(f => (f.Number, f.Quantity)).ShouldBe([(1, 60), (2, 40)], ignoreOrder: true);
    }

    [Fact]
    public void An_entry_is_an_order_from_the_close_of_its_signal_on_also_if_the_portfolio_is_not_valued_then()
    {
        var host = Host(execution: new ExecutionSettings { LatencyBars = 1 });
        host.Run.OnSignal(0, new Signal(1, 0, Side.Buy, OrderType.Market, 100, 10, 0, 0, long.MaxValue) { WorksIn = 2 })
            .ShouldBe(Decision.Accepted);
        for (var day = 1; day <= 2; day++)
        {
            host.Run.OnBar(0, Timeframe.D1, BarBlock.FromBars(day, [PortfolioHost.Flat(day * Day, 100 + day)]), 0);
            host.Run.Process();
        }
        // It works from the second bar after that of the signal.
        Fills(host).ShouldBe([(10, 102)]);
    }
}
