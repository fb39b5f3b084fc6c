using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Brokerage;

/// <summary>The balances of a live account in several currencies. All figures are by hand.</summary>
public sealed class AccountLedgerCurrencyTests
{
    // A yen is worth 0.01 of the account until 20, 0.02 until 30, and 0.005 from then on.
    private static readonly RateSeries s_yen = new([1, 20, 30], [0.01, 0.02, 0.005], [1, 20, 30], long.MaxValue, "");

    private static AccountLedger Ledger(CurrencyConversion conversion, double spread = 0)
    {
        var ledger = new AccountLedger(1000, [new Instrument { Symbol = "7203.T", Currency = "JPY", Rates = s_yen, Multiplier = 10 },
            new Instrument { Symbol = "SAP.DE", Currency = "EUR" }],
            new ExecutionSettings { Conversion = conversion, FxSpreadRate = spread });
        foreach (var symbol in (string[])["7203.T", "SAP.DE"])
            ledger.Intend(new OrderIntended(1, new BrokerOrder
            {
                ClientId = symbol,
                Symbol = symbol,
                Side = Side.Buy,
                Type = OrderType.Market,
                Quantity = 2,
            }, OrderRole.Entry, 1, ExitReason.Open)
            { Strategy = "S", Symbol = symbol });
        return ledger;
    }

    private static void Fill(AccountLedger ledger, string symbol, string leg, double price, long at, double fee = 10, double quantity = 2)
    {
        ledger.Report(new BrokerEvent(ledger.VenueSequence + 1, new BrokerFill($"X{ledger.VenueSequence}", symbol, leg, symbol,
            leg.Length == 0 ? Side.Buy : Side.Sell, price, quantity, fee, at),
            new BrokerOrderStatus(symbol, "", OrderState.PartiallyFilled, 0, "")), out _);
        ledger.Reach(at);
    }

    [Fact]
    public void A_held_result_stays_in_its_currency_and_counts_at_the_rates_of_now()
    {
        var ledger = Ledger(CurrencyConversion.Hold);
        Fill(ledger, "7203.T", "", 100, 10);
        // Bought 2 · 10 · 100 and a fee of 10: 2,010 yen are owed, at 0.01.
        ledger.Cash.ShouldBe(1000 - 20.1, 1e-12);
        Fill(ledger, "7203.T", "target", 130, 25);
        // 2,600 less a fee of 10 come back: 580 yen are left, at 0.02.
        ledger.Balances.ShouldBe([("JPY", 580, 0.02)]);
        ledger.Cash.ShouldBe(1000 + 11.6, 1e-12);
        var trade = ledger.TradeOf("7203.T")!;
        (trade.Profit, trade.Fees, trade.Rate).ShouldBe((600, 20, 0.02));
        // Fees are 10 at 0.01 and 10 at 0.02, and the fills 2,000 at 0.01 and 2,600 at 0.02.
        ledger.Fees.ShouldBe(0.3, 1e-12);
        ledger.Traded.ShouldBe(72, 1e-12);
        ledger.Reach(35);
        ledger.Cash.ShouldBe(1000 + 2.9, 1e-12);
    }

    [Fact]
    public void A_roll_is_paid_in_the_currency_of_the_contracts()
    {
        var ledger = Ledger(CurrencyConversion.Hold);
        Fill(ledger, "7203.T", "", 100, 10);
        ledger.Report(new BrokerEvent(ledger.VenueSequence + 1, null, new BrokerOrderStatus("7203.T", "", OrderState.Filled, 2, ""))
        {
            Roll = new BrokerRoll("7203.T", "7203.T", "OLD", "NEW", 2, 110, 120, 6, 25),
        }, out _);
        ledger.Reach(25);
        // 2,010 yen are owed. 2,200 come in, and 2,400 and a fee of 6 go out: 2,216 are owed, at 0.02.
        ledger.Balances.ShouldBe([("JPY", -2216, 0.02)]);
        ledger.Cash.ShouldBe(1000 - 44.32, 1e-9);
        // Fees are 10 at 0.01 and 6 at 0.02; the fills 2,000 at 0.01, and 2,200 and 2,400 at 0.02.
        ledger.Fees.ShouldBe(0.22, 1e-12);
        ledger.Traded.ShouldBe(112, 1e-9);
        Fill(ledger, "7203.T", "target", 130, 27);
        // 2,590 come in. The prices of the two contracts have gained 10 and 10, of 20 units, less fees of 26.
        ledger.Balances.ShouldBe([("JPY", 374, 0.02)]);
        ledger.TradeOf("7203.T")!.Profit.ShouldBe(400, 1e-9);
    }

    [Fact]
    public void A_result_is_converted_once_when_the_trade_is_closed_and_what_comes_later_is_added()
    {
        var ledger = Ledger(CurrencyConversion.Convert, spread: 0.01);
        Fill(ledger, "7203.T", "", 100, 10);
        Fill(ledger, "7203.T", "target", 130, 15, fee: 10, quantity: 1);
        // Half of it is open: nothing is converted. 2,010 are owed, and 1,290 were received.
        ledger.Balances.Single().Amount.ShouldBe(-720, 1e-9);
        Fill(ledger, "7203.T", "target", 130, 25, fee: 10, quantity: 1);
        // 600 less fees of 30 are sold at 0.02 less one percent.
        ledger.Balances.Single().Amount.ShouldBe(0, 1e-9);
        ledger.Cash.ShouldBe(1000 + 570 * 0.0198, 1e-9);
        ledger.TradeOf("7203.T")!.Rate.ShouldBe(0.0198, 1e-12);
        // A fee of 100 that the venue reports after the end is bought at 0.005 and one percent.
        ledger.Report(new BrokerEvent(ledger.VenueSequence + 1, null, new BrokerOrderStatus("7203.T", "", OrderState.Filled, 2, ""))
        {
            Financing = new BrokerFinancing("7203.T", "7203.T", FinancingKind.Interest, -100, 40),
        }, out _);
        ledger.Balances.Single().Amount.ShouldBe(0, 1e-9);
        ledger.Cash.ShouldBe(1000 + 570 * 0.0198 - 100 * 0.00505, 1e-9);
        ledger.Financing.ShouldBe(-0.5, 1e-12);
    }

    [Fact]
    public void A_result_in_the_currency_of_the_account_has_the_rate_one()
    {
        var ledger = Ledger(CurrencyConversion.Convert);
        Fill(ledger, "SAP.DE", "", 100, 10, fee: 1);
        Fill(ledger, "SAP.DE", "target", 110, 25, fee: 1);
        ledger.Cash.ShouldBe(1000 + 20 - 2);
        (ledger.TradeOf("SAP.DE")!.Rate, ledger.RateOf("SAP.DE")).ShouldBe((1, 1));
    }

    private static void Pay(AccountLedger ledger, string symbol, FinancingKind kind, double amount, long at) =>
        ledger.Report(new BrokerEvent(ledger.VenueSequence + 1, null, new BrokerOrderStatus("", "", OrderState.Filled, 0, "interest"))
        {
            Financing = new BrokerFinancing("", symbol, kind, amount, at),
        }, out _);

    [Theory]
    [InlineData(CurrencyConversion.Hold)]
    [InlineData(CurrencyConversion.Convert)]
    public void Interest_of_the_account_is_booked_in_the_balance_that_earned_it(CurrencyConversion conversion)
    {
        var ledger = Ledger(conversion, spread: 0.01);
        Pay(ledger, "", FinancingKind.CashInterest, 3, 15);
        ledger.Reach(15);
        ledger.Cash.ShouldBe(1003, 1e-12);
        Pay(ledger, "7203.T", FinancingKind.BalanceInterest, 400, 25);
        ledger.Reach(25);
        var holds = conversion == CurrencyConversion.Hold;
        // 400 yen at 0.02; they are kept, or sold at one percent less.
        ledger.Balances.ShouldBe([("JPY", holds ? 400 : 0, 0.02)]);
        var received = holds ? 8 : 7.92;
        ledger.Cash.ShouldBe(1003 + received, 1e-12);
        ledger.Financing.ShouldBe(3 + received, 1e-12);
        ledger.Reach(35);
        ledger.Cash.ShouldBe(1003 + (holds ? 2 : 7.92), 1e-12);
    }

    [Fact]
    public void An_account_that_was_closed_without_a_position_stays_at_zero_at_every_later_rate()
    {
        var ledger = Ledger(CurrencyConversion.Hold);
        Pay(ledger, "7203.T", FinancingKind.BalanceInterest, -60_000, 15);
        ledger.Reach(25);
        // 60,000 yen at 0.02 are 1,200, and the account had 1,000.
        ledger.Cash.ShouldBe(-200, 1e-9);
        Pay(ledger, "", FinancingKind.WriteOff, 200, 25);
        ledger.Cash.ShouldBe(0);
        ledger.Reach(35);
        ledger.Cash.ShouldBe(0);
        ledger.Balances.ShouldBe([("JPY", 0, 0.005)]);
        // Interest of 600 at the rate of then, less what the broker bears.
        ledger.Financing.ShouldBe(-600 + 200, 1e-9);
    }
}
