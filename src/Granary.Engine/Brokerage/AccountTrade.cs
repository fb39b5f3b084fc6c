using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>A trade of the account: the fills of an entry and of the orders that closed it.</summary>
public sealed class AccountTrade
{
    internal AccountTrade(string strategy, int number, string symbol, Side side, string entry, int order)
    {
        (Strategy, Number, Symbol, Side, Entry, Order) = (strategy, number, symbol, side, entry, order);
    }

    public string Strategy { get; }

    public int Number { get; }

    public string Symbol { get; }

    public Side Side { get; }

    /// <summary>Client id of the order that opened it.</summary>
    public string Entry { get; }

    /// <summary>Number of that order.</summary>
    public int Order { get; }

    public TradeState State { get; internal set; }

    /// <summary>Entered so far, base units.</summary>
    public double Quantity { get; internal set; }

    public double Open { get; internal set; }

    public double EntryPrice { get; internal set; }

    public double ExitPrice { get; internal set; }

    /// <summary>Realised profit before fees, quote currency.</summary>
    public double Profit { get; internal set; }

    public double Fees { get; internal set; }

    /// <summary>Dividends less borrow fees and interest, quote currency.</summary>
    public double Financing { get; internal set; }

    public long EntryTime { get; internal set; }

    public long ExitTime { get; internal set; }

    public string Why { get; internal set; } = "";

    internal double ExitNotional { get; set; }

    /// <summary>
    /// Computes the profit from the average entry and exit prices, so that it does not depend on the order in which fills were booked.
    /// </summary>
    /// <param name="multiplier">Currency units per unit of price and quantity.</param>
    internal void Value(double multiplier) => Profit = (int)Side * (ExitPrice - EntryPrice) * (Quantity - Open) * multiplier;

    public TradeChanged ToEvent(long timestamp) =>
        new(timestamp, Number, State, Side, Quantity, Open, EntryPrice, ExitPrice, Profit, Fees, EntryTime, ExitTime,
            Why)
        { Strategy = Strategy, Symbol = Symbol };
}
