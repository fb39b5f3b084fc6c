using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Brokerage;

/// <summary>Trades and positions of an account, whatever the order in which the venue reports its fills.</summary>
public sealed class AccountLedgerTests
{
    private static readonly (string Id, string Execution, string Leg, Side Side, double Price, double Quantity, long At)[] Fills =
    [
        ("first", "1", "", Side.Buy, 100, 2, 10), ("second", "2", "", Side.Buy, 101, 1, 11), ("third", "3", "", Side.Buy, 102, 4, 11),
        ("second", "4", "", Side.Buy, 103, 2, 12),
    ];

    private static readonly (string Id, string Execution, string Leg, Side Side, double Price, double Quantity, long At)[] Exits =
    [
        ("second", "5", "stop", Side.Sell, 97, 1, 20), ("second", "6", "liquidation", Side.Sell, 90, 2, 30),
        ("third", "7", "target", Side.Sell, 110, 1, 25),
    ];

    private static AccountLedger Ledger()
    {
        var ledger = new AccountLedger(10_000, _ => 10);
        foreach (var (id, number) in new[] { ("first", 1), ("second", 2), ("third", 3) })
            ledger.Intend(new OrderIntended(1,
                new BrokerOrder { ClientId = id, Symbol = "BTC", Side = Side.Buy, Type = OrderType.Market, Quantity = 4 },
                OrderRole.Entry, number, ExitReason.Open)
            { Strategy = "S", Symbol = "BTC" });
        return ledger;
    }

    private static IEnumerable<IReadOnlyList<T>> Orders<T>(IReadOnlyList<T> items) =>
        items.Count < 2 ? [items]
            : from i in Enumerable.Range(0, items.Count)
              from rest in Orders<T>([.. items.Where((_, j) => j != i)])
              select (IReadOnlyList<T>)[items[i], .. rest];

    private static void Book(AccountLedger ledger, params IEnumerable<(string Id, string Execution, string Leg, Side Side, double Price,
        double Quantity, long At)> fills)
    {
        foreach (var f in fills)
            ledger.Report(new BrokerEvent(ledger.VenueSequence + 1,
                new BrokerFill(f.Execution, f.Id, f.Leg, "BTC", f.Side, f.Price, f.Quantity, 0.5, f.At),
                new BrokerOrderStatus(f.Id, "", OrderState.PartiallyFilled, 0, "")), out _);
    }

    [Fact]
    public void Open_trades_are_in_the_order_of_their_first_fills_and_then_of_their_intents_in_whatever_order_they_are_booked()
    {
        foreach (var order in Orders(Fills))
        {
            var ledger = Ledger();
            Book(ledger, order);
            ledger.ActiveTrades.Select(t => (t.Entry, t.EntryTime)).ShouldBe([("first", 10), ("second", 11), ("third", 11)]);
        }
    }

    [Fact]
    public void A_trade_is_the_same_in_whatever_order_its_fills_are_booked()
    {
        // By hand: the second trade bought 1 at 101 and 2 at 103, sold 1 at 97 and 2 at 90, ten currency units a point; the third
        // bought 4 at 102 and sold 1 at 110.
        var (bought, sold) = (101 + 2 * 103, 97 + 2 * 90);
        foreach (var order in Orders(Exits))
        {
            var ledger = Ledger();
            Book(ledger, [.. Fills, .. order]);
            var second = ledger.TradeOf("second")!;
            (second.Quantity, second.Open, second.EntryTime, second.ExitTime, second.Why, second.State)
                .ShouldBe((3, 0, 11, 30, "liquidation", TradeState.Closed));
            second.EntryPrice.ShouldBe(bought / 3.0, 1e-9);
            second.ExitPrice.ShouldBe(sold / 3.0, 1e-9);
            second.Profit.ShouldBe(10 * (sold - bought), 1e-9);
            var third = ledger.TradeOf("third")!;
            (third.Open, third.ExitTime, third.Why).ShouldBe((3, 25, "target"));
            third.Profit.ShouldBe(10 * (110 - 102), 1e-9);
        }
    }

    [Fact]
    public void A_part_of_an_entry_that_is_booked_after_an_exit_is_in_the_profit_as_if_it_had_been_booked_before()
    {
        var ledger = Ledger();
        Book(ledger, Fills[1], Exits[0], Fills[3], Exits[1]);
        ledger.TradeOf("second")!.Profit.ShouldBe(10 * (97 + 2 * 90 - 101 - 2 * 103), 1e-9);
    }
}
