using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Orders below the smallest quantity or value of their instrument are not sent.</summary>
public sealed class SmallestOrderTests
{
    private static Instrument With(double quantity = 0, double notional = 0, double multiplier = 1) =>
        new() { Symbol = "TEST", MinQuantity = quantity, MinNotional = notional, Multiplier = multiplier };

    // Binance's filters MIN_NOTIONAL and LOT_SIZE: price · quantity >= minNotional, quantity >= minQty.
    [Theory]
    [InlineData(0.001, 10, 0.001, 20_000, 0)]
    [InlineData(0.001, 10, 0.0004, 20_000, 0.001)]
    [InlineData(0.001, 25, 0.001, 20_000, 25)]
    [InlineData(0, 10.01, 0.1, 100.1, 0)]
    [InlineData(0, 10, 1, 0, 0)]
    [InlineData(0, 0, 1e-9, 1e-9, 0)]
    public void A_quantity_and_a_value_that_reach_both_minima_are_permitted(double least, double value, double quantity, double price,
        double minimum) => With(least, value).MinimumOf(quantity, price).ShouldBe(minimum);

    [Theory]
    // 10 units at a close of 100 are worth 1,000, and 10,000 with a multiplier of 10.
    [InlineData(0, 1_000, 1, OrderType.Market, true)]
    [InlineData(0, 1_000.1, 1, OrderType.Market, false)]
    [InlineData(0, 1_000.1, 10, OrderType.Market, true)]
    [InlineData(10, 0, 1, OrderType.Market, true)]
    [InlineData(10.5, 0, 1, OrderType.Market, false)]
    // A limit order is worth 10 · 99.
    [InlineData(0, 990, 1, OrderType.Limit, true)]
    [InlineData(0, 995, 1, OrderType.Limit, false)]
    public void An_entry_below_the_minimum_ends_as_a_refused_signal(double quantity, double notional, double multiplier, OrderType type,
        bool isSent)
    {
        var s = new Scenario
        {
            Instrument = With(quantity, notional, multiplier),
            Settings = new TradingSettings { Cash = 100_000, Size = SizeRule.Units(10) },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = type, LimitPrice = type == OrderType.Limit ? 99 : 0 }))
            .Bar(100, 101, 98, 100).Bar(100, 100, 100, 100);
        var result = s.Run();
        s.Trades.Count.ShouldBe(isSent ? 1 : 0);
        (result.Signals, result.SignalEnds[SignalEnd.BelowMinimum]).ShouldBe((1, isSent ? 0 : 1));
    }

    [Fact]
    public void A_manual_order_below_the_minimum_is_not_sent_unless_it_closes_the_position()
    {
        var s = new Scenario { Instrument = With(quantity: 10) }
            .Bar(100, 100, 100, 100, b => b.Submit(new OrderRequest(Side.Buy, 5)))
            .Bar(100, 100, 100, 100, b => b.Submit(new OrderRequest(Side.Buy, 12)))
            .Bar(100, 100, 100, 100, b => b.Submit(new OrderRequest(Side.Sell, 5)))
            .Bar(100, 100, 100, 100, b => b.Submit(new OrderRequest(Side.Sell, 10)))
            // The rest of 2 is closed whole.
            .Bar(100, 100, 100, 100, b => b.Submit(new OrderRequest(Side.Sell, 2)))
            .Bar(100, 100, 100, 100, b => b.Position.SignedQuantity.ShouldBe(0))
            .Bar(100, 100, 100, 100);
        var result = s.Run();
        result.SignalEnds[SignalEnd.BelowMinimum].ShouldBe(2);
        s.Closed.Single().Quantity.ShouldBe(12);
    }

    [Fact]
    public void An_exit_by_signal_is_sent_whatever_its_size()
    {
        var s = new Scenario { Instrument = With(notional: 900) }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy))
            // 10 units are now worth 500.
            .Bar(100, 100, 50, 50, b => b.Exit())
            .Bar(50, 50, 50, 50);
        s.Run();
        s.Closed.Single().ExitPrice.ShouldBe(50);
    }

    [Theory]
    // 100,000 − 700 · 100 pay for 300; 100,000 − 705 · 100 for 295.
    [InlineData(700, "accepted")]
    [InlineData(705, "below-minimum")]
    public void The_portfolio_refuses_by_its_own_quantity(double first, string second)
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [With(quantity: 300)],
            [new PortfolioMember("S0", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("S1", [0], 1) { Timeframe = Timeframe.D1 }]);
        new PortfolioHost(run).Flat(Timeframe.D1, 0, 100);
        run.OnSignal(0, Entry(first)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, Entry(600)).Word.ShouldBe(second);

        static Signal Entry(double quantity) => new(1, 1, Side.Buy, OrderType.Market, 100, quantity, 0, 0, long.MaxValue);
    }

    [Fact]
    public void A_paper_account_refuses_it_and_takes_an_order_that_closes()
    {
        var venue = new SimulatedExchange(new PaperSettings(), new ExecutionSettings(),
            new Dictionary<string, Instrument> { ["TEST"] = With(notional: 900) });
        var day = 0;
        Day(100);
        Send("small", 8).Reason.ShouldBe("the order is below the instrument's minimum of 900");
        Send("enough", 9).State.ShouldBe(OrderState.Submitted);
        Day(100);
        Day(50);
        Send("close", 9, "enough").State.ShouldBe(OrderState.Submitted);
        Day(50);
        venue.Snapshot().Positions.ShouldBeEmpty();

        void Day(double price)
        {
            var open = day++ * Timeframe.D1.Ticks;
            venue.OnBars(open + Timeframe.D1.Ticks, [new ClosedBar("TEST", new Bar(open, price, price, price, price, 1), Timeframe.D1)]);
        }

        BrokerOrderStatus Send(string id, double quantity, string? closes = null) => venue.Submit(new BrokerOrder
        {
            ClientId = id,
            Symbol = "TEST",
            Side = closes is null ? Side.Buy : Side.Sell,
            Type = OrderType.Market,
            Quantity = quantity,
            Closes = closes,
            CreatedAt = day * Timeframe.D1.Ticks,
        });
    }
}
