using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Data.Brokers;

/// <summary>Instruments and order types that a broker's venue can trade.</summary>
public sealed record BrokerCapabilities
{
    /// <summary>No restrictions: supports everything that a configuration can require.</summary>
    public static BrokerCapabilities Any { get; } = new();

    /// <summary>Whether the venue supports short positions.</summary>
    public bool Short { get; init; } = true;

    /// <summary>The highest leverage; 1 for none, 0 if the account determines it.</summary>
    public double Leverage { get; init; }

    /// <summary>The supported order types, sorted by name; all by default.</summary>
    public IReadOnlyList<OrderType> OrderTypes { get; init; } = Enum.GetValues<OrderType>();

    /// <summary>Whether stop orders rest at the venue, so they work while the session is down.</summary>
    public bool RestingStops { get; init; } = true;

    /// <summary>Whether an order can be marked so that it never opens a position.</summary>
    public bool ReduceOnly { get; init; } = true;

    /// <summary>Whether the venue cancels open orders if it receives no heartbeat in time.</summary>
    public bool DeadManSwitch { get; init; }

    /// <summary>The number of orders that the venue accepts per minute; 0 if it states no limit.</summary>
    public int OrdersPerMinute { get; init; }

    /// <summary>Account currency if the venue prescribes it, for example "USDT"; empty for any.</summary>
    public string QuoteCurrency { get; init; } = "";
}

/// <summary>Trading rules of one instrument at the venue.</summary>
/// <param name="Symbol">The session's name of the instrument.</param>
/// <param name="VenueSymbol">The venue's name of the instrument.</param>
/// <param name="Instrument">The instrument, with the venue's tick, lot size and smallest order in base units.</param>
/// <param name="Capabilities">The broker's capabilities, restricted to this instrument's.</param>
public sealed record InstrumentCapabilities(string Symbol, string VenueSymbol, Instrument Instrument,
    BrokerCapabilities Capabilities);
