using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>An order's number within its strategy run, from 1, in the order of creation.</summary>
public readonly record struct OrderId(long Value)
{
    public bool IsNone => Value == 0;
}

public enum TimeInForce : byte
{
    /// <summary>The order is valid until it fills or is cancelled.</summary>
    [Word("gtc")]
    GoodTillCancelled,
    /// <summary>The order is valid to the end of the first session day on which it can trade.</summary>
    Day,
    /// <summary>The order is valid on bars that open at or before <see cref="Order.ExpiresAt"/>.</summary>
    [Word("gtd")]
    GoodTillDate,
    /// <summary>The order is valid on the first bar on which it can trade; the unfilled part then expires.</summary>
    [Word("ioc")]
    ImmediateOrCancel,
    /// <summary>As <see cref="TimeInForce.ImmediateOrCancel"/>, but the order fills completely or not at all.</summary>
    [Word("fok")]
    FillOrKill,
}

/// <summary>Purpose of an order.</summary>
public enum OrderRole : byte
{
    /// <summary>Opens a trade.</summary>
    Entry,
    /// <summary>Closes one trade, or a part of it.</summary>
    Exit,
    /// <summary>The stop of an entry.</summary>
    StopLoss,
    /// <summary>The target of an entry.</summary>
    TakeProfit,
    /// <summary>The trailing stop of an entry.</summary>
    TrailingStop,
    /// <summary>Closes open trades on the other side, oldest first, and opens a trade with the remainder.</summary>
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
    /// <summary>Final, and all its effects are booked: no further events follow.</summary>
    Closed,
}

/// <summary>The order life cycle: the permitted transitions between states.</summary>
internal static class OrderLifeCycle
{
    public static bool IsFinal(this OrderState state) => state >= OrderState.Filled;

    public static bool CanBecome(this OrderState from, OrderState to) => (Followers[(int)from] >> (int)to & 1) != 0;

    // For each state, a bit mask of the states that may follow it.
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

/// <summary>Current state of an order. Strategies see copies; the book holds the original.</summary>
public record struct Order
{
    public OrderId Id { get; internal set; }

    public OrderType Type { get; internal set; }

    public OrderRole Role { get; internal set; }

    public Side Side { get; internal set; }

    public TimeInForce TimeInForce { get; internal set; }

    public OrderState State { get; private set; }

    /// <summary>Whether the stop of a stop-limit order has traded.</summary>
    public bool Triggered { get; internal set; }

    /// <summary>The reason of an exit.</summary>
    public ExitReason Reason { get; internal set; }

    /// <summary>The trade that it opens or closes; 0 for a net order.</summary>
    public int TradeNumber { get; internal set; }

    /// <summary>Orders of one group cancel one another when one fills; 0 = none.</summary>
    public int OcoGroup { get; internal set; }

    // Whether a manual order is cut to what the account can pay for, where it would be refused.
    internal bool FitsCash { get; set; }

    // Whether an order of a client closes a part of its trade, and not all that is open.
    internal bool IsPart { get; set; }

    /// <summary>Base units, positive.</summary>
    public double Quantity { get; internal set; }

    /// <summary>The filled part of <see cref="Quantity"/>, base units.</summary>
    public double FilledQuantity { get; internal set; }

    public double LimitPrice { get; internal set; }

    public double StopPrice { get; internal set; }

    /// <summary>Volume-weighted price of its fills.</summary>
    public double FilledPrice { get; internal set; }

    /// <summary>Open time of the bar at whose close it was made, UTC ticks.</summary>
    public long CreatedAt { get; internal set; }

    /// <summary>
    /// The last bar open, UTC ticks, on which it can trade; for <see cref="TimeInForce.Day"/> it is known from the order's first bar on.
    /// </summary>
    public long ExpiresAt { get; internal set; }

    // Feed index of the first bar on which it can trade.
    internal long WorksFrom { get; set; }

    // Whether the market came back to its limit price within the bar of the fill, so that the bar's best price may be older than the fill.
    internal bool ReturnedToLimit { get; set; }

    // Whether its limit waits in the book: the market was not there when it arrived, or has filled only a part of it.
    internal bool Rests { get; set; }

    internal OrderFees Fees { get; set; }

    /// <summary>The unfilled quantity, base units.</summary>
    internal readonly double Rest => Quantity - FilledQuantity;

    /// <summary>Stop price of the trade that this entry opens; 0 = the batch's percentage of the fill, if any.</summary>
    public double StopLoss { get; internal set; }

    /// <summary>Target price of that trade; 0 = the batch's percentage of the fill, if any.</summary>
    public double TakeProfit { get; internal set; }

    /// <summary>Distance of its trailing stop as a fraction of the best price since the entry; 0 = none.</summary>
    public double TrailFraction { get; internal set; }

    /// <summary>Average true range at its signal, quote currency; 0 if no distance counts in it.</summary>
    public double Atr { get; internal set; }

    // The number of the trade to which this entry adds; 0 = none.
    internal int AddsTo { get; set; }

    // Applies a split: quantities grow as prices fall. The quantity that the order opens stays in whole lots; the quantity that it closes
    // may have a part of one, as the open trade.
    internal void Split(double ratio, double closes, Instrument instrument)
    {
        Quantity *= ratio;
        FilledQuantity *= ratio;
        if (instrument.LotSize > 0 && Rest > closes) Quantity = FilledQuantity + closes + instrument.RoundQuantity(Rest - closes);
        FilledPrice /= ratio;
        LimitPrice = instrument.SplitPrice(LimitPrice, ratio);
        StopPrice = instrument.SplitPrice(StopPrice, ratio);
        StopLoss = instrument.SplitPrice(StopLoss, ratio);
        TakeProfit = instrument.SplitPrice(TakeProfit, ratio);
        Atr /= ratio;
    }

    // The order with its prices as a strategy sees them.
    internal readonly Order Seen(Func<double, double> price) => this with
    {
        LimitPrice = price(LimitPrice),
        StopPrice = price(StopPrice),
        StopLoss = price(StopLoss),
        TakeProfit = price(TakeProfit),
        FilledPrice = price(FilledPrice),
    };

    // Moves the order to the next contract.
    internal void Roll(ListingChange change, Instrument instrument)
    {
        LimitPrice = instrument.RollPrice(LimitPrice, change);
        StopPrice = instrument.RollPrice(StopPrice, change);
        StopLoss = instrument.RollPrice(StopLoss, change);
        TakeProfit = instrument.RollPrice(TakeProfit, change);
        if (FilledQuantity > 0) FilledPrice += change.Gap;
        Atr = instrument.RollDistance(Atr, change);
    }

    /// <exception cref="InvalidOperationException">The life cycle does not permit the transition.</exception>
    internal void Become(OrderState state)
    {
        if (!State.CanBecome(state)) Refuse(state);
        State = state;
    }

    private readonly void Refuse(OrderState state) =>
        throw new InvalidOperationException($"order {Id.Value} cannot go from {State} to {state}");
}
