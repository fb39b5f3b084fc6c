using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>An order's number within its strategy run, from 1, in the order of making.</summary>
public readonly record struct OrderId(long Value)
{
    public bool IsNone => Value == 0;
}

public enum TimeInForce : byte
{
    /// <summary>Until it fills or is cancelled.</summary>
    GoodTillCancelled,
    /// <summary>To the end of the first session day on which it can trade.</summary>
    Day,
    /// <summary>On bars that open at or before <see cref="Order.ExpiresAt"/>.</summary>
    GoodTillDate,
    /// <summary>On the first bar on which it can trade; what is not filled then expires.</summary>
    ImmediateOrCancel,
    /// <summary>The same, whole or not at all.</summary>
    FillOrKill,
}

/// <summary>What an order is for.</summary>
public enum OrderRole : byte
{
    /// <summary>Opens a trade.</summary>
    Entry,
    /// <summary>Closes one trade, or a part of it.</summary>
    Exit,
    /// <summary>The stop that was made with the entry.</summary>
    StopLoss,
    /// <summary>The target that was made with the entry.</summary>
    TakeProfit,
    /// <summary>The trailing stop that was made with the entry.</summary>
    TrailingStop,
    /// <summary>Closes what is open on the other side, oldest first, and opens a trade with the rest.</summary>
    Net,
}

public enum OrderState : byte
{
    New,
    Submitted,
    PartiallyFilled,
    Filled,
    Cancelled,
    Rejected,
    Expired,
    /// <summary>Final, and all that followed from it is booked: nothing more will be heard of it.</summary>
    Closed,
}

/// <summary>The order life cycle: which state may follow which.</summary>
public static class OrderLifeCycle
{
    public static bool IsFinal(this OrderState state) => state >= OrderState.Filled;

    public static bool CanBecome(this OrderState from, OrderState to) => (Followers[(int)from] >> (int)to & 1) != 0;

    // For each state a bit for each that may follow it.
    private static ReadOnlySpan<byte> Followers =>
    [
        /* New */ 1 << (int)OrderState.Submitted | 1 << (int)OrderState.Rejected | 1 << (int)OrderState.Cancelled,
        /* Submitted */ 1 << (int)OrderState.PartiallyFilled | 1 << (int)OrderState.Filled | 1 << (int)OrderState.Cancelled
            | 1 << (int)OrderState.Rejected | 1 << (int)OrderState.Expired,
        /* PartiallyFilled */ 1 << (int)OrderState.PartiallyFilled | 1 << (int)OrderState.Filled | 1 << (int)OrderState.Cancelled
            | 1 << (int)OrderState.Expired,
        /* Filled, Cancelled, Rejected, Expired */ 1 << (int)OrderState.Closed, 1 << (int)OrderState.Closed, 1 << (int)OrderState.Closed,
        1 << (int)OrderState.Closed, /* Closed */ 0,
    ];
}

/// <summary>An order as it stands. Strategies see copies; the book holds the original.</summary>
public record struct Order
{
    public OrderId Id { get; internal set; }

    public OrderType Type { get; internal set; }

    public OrderRole Role { get; internal set; }

    public Side Side { get; internal set; }

    public TimeInForce TimeInForce { get; internal set; }

    public OrderState State { get; private set; }

    /// <summary>Set once a stop-limit's stop has traded.</summary>
    public bool Triggered { get; internal set; }

    /// <summary>Why an exit was made.</summary>
    public ExitReason Reason { get; internal set; }

    /// <summary>The trade that it opens or closes; 0 for a net order.</summary>
    public int TradeNumber { get; internal set; }

    /// <summary>Orders of one group cancel one another when one fills; 0 = none.</summary>
    public int OcoGroup { get; internal set; }

    /// <summary>Base units, positive.</summary>
    public double Quantity { get; internal set; }

    /// <summary>Of <see cref="Quantity"/>, what has been filled.</summary>
    public double FilledQuantity { get; internal set; }

    public double LimitPrice { get; internal set; }

    public double StopPrice { get; internal set; }

    /// <summary>Volume-weighted price of its fills.</summary>
    public double FilledPrice { get; internal set; }

    /// <summary>Open time of the bar at whose close it was made, UTC ticks.</summary>
    public long CreatedAt { get; internal set; }

    /// <summary>
    /// The last bar open, UTC ticks, on which it can trade; with <see cref="TimeInForce.Day"/> known from its first bar on.
    /// </summary>
    public long ExpiresAt { get; internal set; }

    // Feed index of the first bar on which it can trade.
    internal long WorksFrom { get; set; }

    internal OrderFees Fees { get; set; }

    /// <summary>Base units that are still to be filled.</summary>
    internal readonly double Rest => Quantity - FilledQuantity;

    /// <summary>
    /// Stop price that the trade will carry which this entry opens, where it is not the batch's percentage of the fill; 0 = that, if any.
    /// </summary>
    public double StopLoss { get; internal set; }

    /// <summary>Target price of that trade; 0 = the batch's percentage of the fill, if any.</summary>
    public double TakeProfit { get; internal set; }

    /// <summary>Distance of its trailing stop as a fraction of the best price since the entry; 0 = none.</summary>
    public double TrailFraction { get; internal set; }

    // The instrument was split: quantities grow as prices fall.
    internal void Split(double ratio, Instrument instrument)
    {
        Quantity *= ratio;
        FilledQuantity *= ratio;
        FilledPrice /= ratio;
        LimitPrice = instrument.SplitPrice(LimitPrice, ratio);
        StopPrice = instrument.SplitPrice(StopPrice, ratio);
        StopLoss = instrument.SplitPrice(StopLoss, ratio);
        TakeProfit = instrument.SplitPrice(TakeProfit, ratio);
    }

    /// <exception cref="InvalidOperationException">The life cycle does not allow the step.</exception>
    internal void Become(OrderState state)
    {
        if (!State.CanBecome(state)) Refuse(state);
        State = state;
    }

    private readonly void Refuse(OrderState state) =>
        throw new InvalidOperationException($"order {Id.Value} cannot go from {State} to {state}");
}
