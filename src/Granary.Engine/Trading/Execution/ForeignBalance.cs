using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The cash of an account whose fills are in another currency than its own: what it has in its own currency, and the balance in the other
/// one. In the currency of the fills the account is worth both at the rate of the moment.
/// </summary>
/// <param name="own">Cash in the account's currency. Balances of one account in several currencies share it.</param>
/// <param name="rates">The value of the other currency in the account's.</param>
internal sealed class ForeignBalance(OwnCash own, RateSeries rates, ExecutionSettings execution)
{
    private readonly bool _converts = execution.Conversion == CurrencyConversion.Convert;
    private readonly double _spread = execution.FxSpreadRate;
    private CashAccount _held = new(0);

    /// <summary>Cash in the account's currency.</summary>
    public double Own => own.Cash;

    /// <summary>The balance in the other currency; negative where purchases have been borrowed for.</summary>
    public double Held => _held.Cash;

    /// <summary>Whether it owes something in a currency, so that a rate alone can leave it without equity.</summary>
    public bool Owes => Held < 0 || Own < 0;

    /// <summary>The rate at which the account is valued now; before the first bar the first one.</summary>
    public double Rate { get; private set; } = rates.At(long.MinValue);

    /// <summary>Both balances, in the other currency at the rate of now.</summary>
    public double Cash => Own / Rate + Held;

    public RateSeries Rates => rates;

    /// <summary>Amounts that conversions have taken from the balance so far.</summary>
    public double ConvertedAway { get; private set; }

    /// <summary>Proceeds of conversions so far, account currency.</summary>
    public double Received { get; private set; }

    /// <summary>The place of the rate of now in the series.</summary>
    public int Cursor { get; private set; }

    /// <summary>Values the account at the rate of a time.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>Whether the rate has changed.</returns>
    public bool ValueAt(long time)
    {
        var (cursor, before) = (Cursor, Rate);
        Rate = rates.At(time, ref cursor);
        Cursor = cursor;
        return Rate != before;
    }

    /// <summary>The rate that is known at a time near to now, UTC ticks.</summary>
    public double RateAt(long time)
    {
        var cursor = Cursor;
        return rates.At(time, ref cursor);
    }

    public void Book(Side side, double quantity, double price, double multiplier, double fee) =>
        _held.Book(side, quantity, price, multiplier, fee);

    /// <summary>Books cash in the other currency.</summary>
    public void Pay(double amount) => _held.Pay(amount);

    /// <summary>Takes the result of a closed trade: it stays, or is converted.</summary>
    /// <param name="net">Of the whole trade, in the other currency.</param>
    /// <param name="time">UTC ticks.</param>
    /// <param name="isLast">Whether no other trade is open, so that nothing but the rounding of sums is left in the other currency.</param>
    /// <returns>The rate at which it counts.</returns>
    public double Settle(double net, long time, bool isLast)
    {
        var rate = RateAt(time);
        if (!_converts) return rate;
        rate = Converted(rate, net, _spread);
        ConvertedAway += net;
        Received += net * rate;
        if (isLast) _held.Cash = 0;
        else _held.Pay(-net);
        own.Cash += net * rate;
        return rate;
    }

    /// <summary>Books cash in the account's currency.</summary>
    public void PayOwn(double amount) => own.Cash += amount;

    /// <summary>Takes interest on the balance: it stays, or is converted.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>The rate at which it counts.</returns>
    public double PayInterest(double amount, long time)
    {
        var rate = RateAt(time);
        if (!_converts)
        {
            _held.Pay(amount);
            return rate;
        }
        rate = Converted(rate, amount, _spread);
        ConvertedAway += amount;
        Received += amount * rate;
        own.Cash += amount * rate;
        return rate;
    }

    /// <summary>The rate for an amount that is converted: gains are sold for less, losses bought for more.</summary>
    public static double Converted(double rate, double net, double spread) => rate * (net > 0 ? 1 - spread : 1 + spread);

    /// <summary>The account is closed without anything left.</summary>
    public void Clear() => (own.Cash, _held.Cash) = (0, 0);
}
