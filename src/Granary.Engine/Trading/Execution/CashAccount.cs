namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The cash of an account. Each fill is booked with its whole notional, margined or not, so equity is cash plus positions at their prices.
/// Strategy accounts, the portfolio, the simulated exchange and the ledger of a live account book with it.
/// </summary>
internal struct CashAccount(double cash)
{
    /// <summary>Quote currency; negative where short sales or a loan have been spent.</summary>
    public double Cash = cash;

    /// <summary>Books a fill.</summary>
    /// <param name="side">The side of the order.</param>
    /// <param name="quantity">Base units, positive.</param>
    /// <param name="multiplier">The instrument's: currency units per unit of price and quantity.</param>
    /// <param name="fee">Quote currency; negative is a rebate.</param>
    public void Book(Side side, double quantity, double price, double multiplier, double fee) =>
        Cash -= (int)side * quantity * price * multiplier + fee;

    /// <summary>Books cash that an open position brings or costs: dividends, interest and borrow fees.</summary>
    /// <param name="amount">Quote currency; negative is a cost.</param>
    public void Pay(double amount) => Cash += amount;
}
