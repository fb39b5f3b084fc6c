using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>A manual order that the account cannot pay for is a signal that ended, as an entry is.</summary>
public sealed class ManualOrderRefusalTests
{
    private static Scenario With(OrderRequest request, Instrument? instrument = null) =>
        new Scenario { Instrument = instrument ?? new Instrument { Symbol = "TEST" } }
            .Bar(100, 100, 100, 100, bar => bar.Submit(request))
            .Bar(100, 101, 99, 100)
            .Bar(100, 100, 100, 100);

    // The account has 10,000.
    [Theory]
    [InlineData(OrderType.Market, 0)]
    [InlineData(OrderType.Limit, 99.5)]
    [InlineData(OrderType.MarketOnClose, 0)]
    public void A_manual_order_that_cash_does_not_pay_is_a_refused_signal(OrderType type, double limit)
    {
        var scenario = With(new OrderRequest(Side.Buy, 200) { Type = type, LimitPrice = limit });
        var result = scenario.Run();
        (result.Signals, result.SignalEnds[SignalEnd.NoCash]).ShouldBe((1, 1));
        var signal = scenario.Signals.Single();
        (signal.Number, signal.Side, signal.Quantity, signal.Type).ShouldBe((1, Side.Buy, 200, type));
        scenario.Ended.Single().ShouldBe((1, SignalEnd.NoCash, scenario.Start.Ticks + Timeframe.M1.Ticks));
        scenario.Orders.Single().State.ShouldBe(OrderState.Rejected);
        scenario.Trades.ShouldBeEmpty();
    }

    [Fact]
    public void A_refused_reversal_keeps_the_position_and_names_the_part_that_would_have_opened()
    {
        // Short 20 at 100; a purchase of 200 closes 20 and would open 180 for 18,000.
        var scenario = new Scenario()
            .Bar(100, 100, 100, 100, bar => bar.Submit(new OrderRequest(Side.Sell, 20)))
            .Bar(100, 100, 100, 100, bar => bar.Submit(new OrderRequest(Side.Buy, 200)))
            .Bar(100, 100, 100, 100, bar => bar.Position.SignedQuantity.ShouldBe(-20))
            .Bar(100, 100, 100, 100);
        scenario.Run();
        scenario.Signals.Select(s => (s.Number, s.Side, s.Quantity)).ShouldBe([(1, Side.Sell, 20.0), (2, Side.Buy, 180.0)]);
        scenario.Ended.Single().End.ShouldBe(SignalEnd.NoCash);
        scenario.Trades.Single().Reason.ShouldBe(ExitReason.Open);
    }

    [Fact]
    public void An_order_that_fits_the_cash_is_cut_to_it()
    {
        var scenario = With(new OrderRequest(Side.Buy, 200) { FitsCash = true });
        scenario.Run();
        scenario.Signals.Single().Quantity.ShouldBe(100, 1e-9);
        scenario.Trades.Single().Quantity.ShouldBe(100, 1e-9);
        scenario.Ended.ShouldBeEmpty();
    }

    [Fact]
    public void A_manual_order_of_less_than_one_lot_is_a_refused_signal_if_nothing_is_held()
    {
        var scenario = With(new OrderRequest(Side.Buy, 5), new Instrument { Symbol = "TEST", LotSize = 10 });
        var result = scenario.Run();
        (result.Signals, result.SignalEnds[SignalEnd.NoQuantity]).ShouldBe((1, 1));
        scenario.Ended.Single().ShouldBe((1, SignalEnd.NoQuantity, scenario.Start.Ticks));
    }

    [Fact]
    public void A_rest_of_less_than_one_lot_beside_a_position_is_no_signal()
    {
        var scenario = new Scenario { Instrument = new Instrument { Symbol = "TEST", LotSize = 10 } }
            .Bar(100, 100, 100, 100, bar => bar.Submit(new OrderRequest(Side.Buy, 50)))
            .Bar(100, 100, 100, 100, bar => bar.Submit(new OrderRequest(Side.Buy, 5)))
            .Bar(100, 100, 100, 100);
        scenario.Run().Signals.ShouldBe(1);
        scenario.Ended.ShouldBeEmpty();
    }
}
