using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Brokerage;

/// <summary>A paper account without equity is closed at the closes, as the account of a portfolio is.</summary>
public sealed class PaperAccountRuinTests
{
    private static readonly long Start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly SimulatedExchange _venue = new(new PaperSettings { Cash = 100_000 }, new ExecutionSettings(),
        new Dictionary<string, Instrument> { ["A"] = new() { Symbol = "A" }, ["B"] = new() { Symbol = "B" } });

    private int _days;

    private void Day(double a, double b)
    {
        var open = Start + _days * Timeframe.D1.Ticks;
        _days++;
        _venue.OnBars(open + Timeframe.D1.Ticks, [new ClosedBar("A", new Bar(open, a, a, a, a, 1), Timeframe.D1),
            new ClosedBar("B", new Bar(open, b, b, b, b, 1), Timeframe.D1)]);
    }

    private BrokerOrderStatus Send(string id, string symbol, Side side, double quantity, OrderType type = OrderType.Market,
        double limit = 0, string? closes = null) => _venue.Submit(new BrokerOrder
        {
            ClientId = id,
            Symbol = symbol,
            Side = side,
            Type = type,
            Quantity = quantity,
            LimitPrice = limit,
            Closes = closes,
            CreatedAt = Start + _days * Timeframe.D1.Ticks,
        });

    [Fact]
    public void An_account_without_equity_is_liquidated_at_the_close_and_ends_at_zero()
    {
        Day(100, 10);
        Send("short", "A", Side.Sell, 1000);
        Send("long", "B", Side.Buy, 100);
        Send("waits", "B", Side.Buy, 1, OrderType.Limit, 1);
        Day(100, 10);
        // 100,000 + 100,000 − 243,640 = −43,640; the long position is worth what it cost.
        Day(243.64, 10);
        _venue.Cash.ShouldBe(0);
        _venue.Snapshot().Positions.ShouldBeEmpty();
        _venue.Find("waits")!.State.ShouldBe(OrderState.Cancelled);
        var refused = Send("later", "A", Side.Buy, 1);
        refused.State.ShouldBe(OrderState.Rejected);
        refused.Reason.ShouldContain("no equity left");

        var ledger = Booked();
        ledger.Cash.ShouldBe(0, 1e-6);
        ledger.Financing.ShouldBe(43_640, 1e-6);
        (ledger.Trades["short"].Why, ledger.Trades["short"].ExitPrice).ShouldBe(("ruined", 243.64));
        ledger.ActiveTrades.ShouldBeEmpty();
    }

    [Fact]
    public void A_debt_that_an_exit_leaves_is_borne_by_the_broker()
    {
        Day(100, 10);
        Send("short", "A", Side.Sell, 1000);
        Day(100, 10);
        Send("cover", "A", Side.Buy, 1000, closes: "short");
        Day(250, 10);
        _venue.Cash.ShouldBe(0);
        Booked().Financing.ShouldBe(50_000, 1e-6);
        Send("later", "A", Side.Buy, 1).State.ShouldBe(OrderState.Rejected);
    }

    [Fact]
    public void An_account_with_equity_goes_on()
    {
        Day(100, 10);
        Send("short", "A", Side.Sell, 1000);
        Day(100, 10);
        Day(199, 10);
        _venue.Snapshot().Positions["A"].ShouldBe(-1000);
        Send("later", "B", Side.Buy, 1).State.ShouldBe(OrderState.Submitted);
    }

    private AccountLedger Booked()
    {
        var ledger = new AccountLedger(100_000, _ => 1);
        foreach (var id in (string[])["short", "long", "waits", "cover"])
            ledger.Intend(new OrderIntended(Start, new BrokerOrder
            {
                ClientId = id,
                Symbol = id is "short" or "cover" ? "A" : "B",
                Side = id == "short" ? Side.Sell : Side.Buy,
                Type = OrderType.Market,
                Quantity = 1,
                Closes = id == "cover" ? "short" : null,
            }, id == "cover" ? OrderRole.Exit : OrderRole.Entry, 1, ExitReason.Signal)
            { Strategy = "s", Symbol = "A" });
        foreach (var e in _venue.Poll(0)) ledger.Report(e, out _);
        return ledger;
    }
}
