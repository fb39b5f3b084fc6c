using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>An order as it is sent to a venue: the data that the venue needs, without the strategy behind it.</summary>
public sealed record BrokerOrder
{
    /// <summary>
    /// The client order id by which the venue recognises a repeated submission. Unique for the account for all time; at most 36 letters,
    /// digits and '-'.
    /// </summary>
    public required string ClientId { get; init; }

    public required string Symbol { get; init; }

    public required Side Side { get; init; }

    public required OrderType Type { get; init; }

    /// <summary>Base units, positive, in whole lots.</summary>
    public required double Quantity { get; init; }

    /// <summary>The limit price, on the tick; 0 if the order type has none.</summary>
    public double LimitPrice { get; init; }

    public double StopPrice { get; init; }

    public TimeInForce TimeInForce { get; init; }

    /// <summary>The last time at which it may fill, UTC ticks; <see cref="long.MaxValue"/> = until cancelled.</summary>
    public long ExpiresAt { get; init; } = long.MaxValue;

    /// <summary>
    /// The client id of the entry whose trade this order closes; null for an entry. Such an order never opens a position, and its fill
    /// cancels that entry's stop and target.
    /// </summary>
    public string? Closes { get; init; }

    public Protection Protection { get; init; } = Protection.None;

    /// <summary>Market time at which the session made the order, UTC ticks.</summary>
    public long CreatedAt { get; init; }
}

/// <summary>One execution of an order of the account, or of its stop or target, as the venue reported it.</summary>
/// <param name="ExecutionId">The venue's execution id; a repeated id is the same fill.</param>
/// <param name="ClientId">The order's client id; for a stop or target the entry's.</param>
/// <param name="Leg">
/// Empty for the order itself; "stop", "target" or "trail" for its stop or target; "ruined" or "liquidation" if the venue closed the trade.
/// </param>
/// <param name="Side">Direction; quantities stay positive.</param>
/// <param name="Price">Quote currency per base unit.</param>
/// <param name="Fee">Quote currency; negative is a rebate.</param>
/// <param name="At">Venue clock, UTC ticks.</param>
public sealed record BrokerFill(string ExecutionId, string ClientId, string Leg, string Symbol, Side Side, double Price, double Quantity,
    double Fee, long At);

/// <summary>State of an order at the venue.</summary>
/// <param name="VenueId">The venue's own id; empty where it gave none (a rejection).</param>
/// <param name="Filled">Base units, of the order itself.</param>
/// <param name="Reason">The venue's words where it is rejected, cancelled or expired; else empty.</param>
public sealed record BrokerOrderStatus(string ClientId, string VenueId, OrderState State, double Filled, string Reason);

/// <summary>Financing that an entry's position received or paid.</summary>
/// <param name="ClientId">The entry's; empty if it belongs to the account.</param>
/// <param name="Symbol">Empty for interest in the account's own currency.</param>
/// <param name="Amount">Quote currency; negative is a cost.</param>
/// <param name="At">Venue clock, UTC ticks.</param>
public sealed record BrokerFinancing(string ClientId, string Symbol, FinancingKind Kind, double Amount, long At);

/// <summary>The shares that an entry holds were split.</summary>
/// <param name="ClientId">The entry's.</param>
/// <param name="Ratio">New shares per old share; prices are divided by it.</param>
/// <param name="At">Venue clock, UTC ticks.</param>
public sealed record BrokerSplit(string ClientId, string Symbol, double Ratio, long At);

/// <summary>The position of an entry moved from one contract to the next, with two orders.</summary>
/// <param name="ClientId">The entry's.</param>
/// <param name="From">The old contract.</param>
/// <param name="To">The new contract.</param>
/// <param name="Quantity">Base units that moved.</param>
/// <param name="OldPrice">The price at which the old contract was closed.</param>
/// <param name="NewPrice">The price at which the new contract was opened.</param>
/// <param name="Fee">Of both orders, quote currency.</param>
/// <param name="At">Venue clock, UTC ticks.</param>
public sealed record BrokerRoll(string ClientId, string Symbol, string From, string To, double Quantity, double OldPrice, double NewPrice,
    double Fee, long At);

/// <summary>An event at the venue after it received an order.</summary>
/// <param name="Sequence">
/// Increases within the account. If the venue has no such number, the adapter assigns and stores its own.
/// </param>
/// <param name="Fill">Null if the event only changes the order's state.</param>
/// <param name="Status">The order's state after the event.</param>
public sealed record BrokerEvent(long Sequence, BrokerFill? Fill, BrokerOrderStatus Status)
{
    /// <summary>Financing of the order's position; null for none.</summary>
    public BrokerFinancing? Financing { get; init; }

    /// <summary>A split of the order's position; null for none.</summary>
    public BrokerSplit? Split { get; init; }

    /// <summary>A roll of the order's position to the next contract; null for none.</summary>
    public BrokerRoll? Roll { get; init; }
}

/// <summary>The account as the venue reports it.</summary>
/// <param name="Positions">Signed base units by symbol; flat symbols are left out.</param>
/// <param name="Cash">Account currency: all balances at the rates of now.</param>
/// <param name="Orders">Orders that are not final.</param>
public sealed record BrokerSnapshot(IReadOnlyDictionary<string, double> Positions, double Cash, IReadOnlyList<BrokerOrderStatus> Orders);
