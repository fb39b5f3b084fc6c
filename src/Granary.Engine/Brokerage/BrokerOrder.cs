using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>
/// The stop and target that are made with an entry, on the other side, for what of it has been filled. They work from the entry's fill on,
/// cancel one another, and are cancelled by whatever else closes the trade. Prices win over fractions; 0 = none.
/// </summary>
/// <param name="StopPrice">Quote currency.</param>
/// <param name="StopFraction">Of the entry's fill price, as 0.02 for 2 %.</param>
/// <param name="TargetPrice">Quote currency.</param>
/// <param name="TargetFraction">Of the entry's fill price.</param>
/// <param name="TrailFraction">Distance below (above) the best price since the entry, as a fraction of it.</param>
/// <param name="FromNextBar">Not on the bar of the entry itself.</param>
/// <param name="TrailFrom">Which prices count as the best.</param>
public readonly record struct Protection(double StopPrice, double StopFraction, double TargetPrice, double TargetFraction,
    double TrailFraction, bool FromNextBar, TrailFrom TrailFrom = TrailFrom.Close)
{
    public bool IsNone => StopPrice <= 0 && StopFraction <= 0 && TargetPrice <= 0 && TargetFraction <= 0 && TrailFraction <= 0;

    /// <summary>The stop price for an entry filled at this price; 0 = none.</summary>
    public double StopFor(Side side, double fill) =>
        StopPrice > 0 ? StopPrice : StopFraction > 0 ? fill * (1 - (int)side * StopFraction) : 0;

    public double TargetFor(Side side, double fill) =>
        TargetPrice > 0 ? TargetPrice : TargetFraction > 0 ? fill * (1 + (int)side * TargetFraction) : 0;
}

/// <summary>An order as it goes to a venue: all that the venue has to know, and nothing of the strategy behind it.</summary>
public sealed record BrokerOrder
{
    /// <summary>
    /// Ours, unique for the account for all time, at most 36 characters of letters, digits and '-': the key by which a venue knows a
    /// repetition.
    /// </summary>
    public required string ClientId { get; init; }

    public required string Symbol { get; init; }

    public required Side Side { get; init; }

    public required OrderType Type { get; init; }

    /// <summary>Base units, positive, in whole lots.</summary>
    public required double Quantity { get; init; }

    /// <summary>On the tick; 0 where the type has none.</summary>
    public double LimitPrice { get; init; }

    public double StopPrice { get; init; }

    public TimeInForce TimeInForce { get; init; }

    /// <summary>The last time at which it may fill, UTC ticks; <see cref="long.MaxValue"/> = until cancelled.</summary>
    public long ExpiresAt { get; init; } = long.MaxValue;

    /// <summary>
    /// The entry whose trade it closes: it must never open anything, and when it fills, that entry's stop and target go. Null for an entry.
    /// </summary>
    public string? Closes { get; init; }

    public Protection Protection { get; init; }

    /// <summary>Market time at which it was made, UTC ticks.</summary>
    public long CreatedAt { get; init; }
}

/// <summary>One execution of one of our orders, or of the stop or target that was made with it, as the venue reported it.</summary>
/// <param name="ExecutionId">The venue's; a repeated id is the same fill.</param>
/// <param name="ClientId">The order's, or with a leg the entry's.</param>
/// <param name="Leg">Empty for the order itself; "stop", "target" or "trail" for what was made with it.</param>
/// <param name="Side">Direction; quantities stay positive.</param>
/// <param name="Price">Quote currency per base unit.</param>
/// <param name="Fee">Quote currency; negative is a rebate.</param>
/// <param name="At">Venue clock, UTC ticks.</param>
public sealed record BrokerFill(string ExecutionId, string ClientId, string Leg, string Symbol, Side Side, double Price, double Quantity,
    double Fee, long At);

/// <summary>How an order stands at the venue.</summary>
/// <param name="VenueId">The venue's own id; empty where it gave none (a rejection).</param>
/// <param name="Filled">Base units, of the order itself.</param>
/// <param name="Reason">The venue's words where it is rejected, cancelled or expired; else empty.</param>
public sealed record BrokerOrderStatus(string ClientId, string VenueId, OrderState State, double Filled, string Reason);

/// <summary>What holding the position of an entry brought or cost.</summary>
/// <param name="ClientId">The entry's.</param>
/// <param name="Amount">Quote currency; negative is a cost.</param>
/// <param name="At">Venue clock, UTC ticks.</param>
public sealed record BrokerFinancing(string ClientId, string Symbol, FinancingKind Kind, double Amount, long At);

/// <summary>Something that happened at the venue after an order was received.</summary>
/// <param name="Sequence">
/// Rises within the account; where a venue has no such number, the adapter's own, kept with what it has read.
/// </param>
/// <param name="Fill">Null where the event is a change of state alone.</param>
/// <param name="Status">The order after it.</param>
public sealed record BrokerEvent(long Sequence, BrokerFill? Fill, BrokerOrderStatus Status)
{
    /// <summary>Cash that the order's position brought or cost; null for none.</summary>
    public BrokerFinancing? Financing { get; init; }
}

/// <summary>The venue's view of the account.</summary>
/// <param name="Positions">Signed base units by symbol; what is flat is left out.</param>
/// <param name="Cash">Quote currency.</param>
/// <param name="Orders">Those that are not final.</param>
public sealed record BrokerSnapshot(IReadOnlyDictionary<string, double> Positions, double Cash, IReadOnlyList<BrokerOrderStatus> Orders);
