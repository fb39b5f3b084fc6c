using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>The state of an order of the account, derived from its journal events.</summary>
internal sealed class TrackedOrder
{
    internal TrackedOrder(OrderIntended intent, int number)
    {
        (Intent, Number, Quantity) = (intent, number, intent.Order.Quantity);
    }

    /// <summary>The index of the order among the account's orders, in the order of their intents.</summary>
    public int Number { get; }

    public OrderIntended Intent { get; }

    public BrokerOrder Order => Intent.Order;

    public string Strategy => Intent.Strategy;

    /// <summary>Quantity in base units, in the shares of the last split while it worked.</summary>
    public double Quantity { get; private set; }

    /// <summary>Shares after the splits while it worked, per share that was ordered. Prices of the order are divided by it.</summary>
    public double SplitRatio { get; private set; } = 1;

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
    public bool AwaitsFills => Filled - Booked > Tolerance.Quantity * Filled;

    // Applies a split of its trade. Venues report in order, so all fills before the split are booked; what the order has filled since comes
    // with later reports. An order that had ended before keeps the shares of its time.
    internal void Split(BrokerSplit split)
    {
        if (Order.CreatedAt > split.At || State.IsFinal() && !AwaitsFills) return;
        Quantity *= split.Ratio;
        SplitRatio *= split.Ratio;
        Booked *= split.Ratio;
        Filled = Booked;
    }
}
