using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>The state of an order of the account, derived from its journal events.</summary>
public sealed class TrackedOrder
{
    internal TrackedOrder(OrderIntended intent, int number)
    {
        (Intent, Number) = (intent, number);
    }

    /// <summary>The index of the order among those of the account, in the order of their intents.</summary>
    public int Number { get; }

    public OrderIntended Intent { get; }

    public BrokerOrder Order => Intent.Order;

    public string Strategy => Intent.Strategy;

    /// <summary>New, Submitted, PartiallyFilled, Filled or Cancelled or Rejected or Expired, Closed.</summary>
    public OrderState State { get; internal set; }

    /// <summary>State in which the order ended, before the trade was closed.</summary>
    public OrderState Ended { get; internal set; }

    /// <summary>
    /// Whether it is unknown if the order reached the venue. The session must query it before it does anything else with the order.
    /// </summary>
    public bool Unknown { get; internal set; }

    public string VenueId { get; internal set; } = "";

    public string Reason { get; internal set; } = "";

    /// <summary>Filled quantity in base units, by the venue's answers and events; without its stop and target.</summary>
    public double Filled { get; internal set; }

    /// <summary>Filled quantity in base units whose fills are booked; without its stop and target.</summary>
    public double Booked { get; internal set; }

    /// <summary>Whether the venue has reported more as filled than is booked; the missing fills come with a later poll.</summary>
    public bool AwaitsFills => Filled - Booked > 1e-9 * Filled;
}

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
