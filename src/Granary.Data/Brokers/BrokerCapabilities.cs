using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Data.Brokers;

/// <summary>What the venue of a broker can trade.</summary>
public sealed record BrokerCapabilities
{
    /// <summary>Everything that a configuration can ask for.</summary>
    public static BrokerCapabilities Any { get; } = new();

    /// <summary>Whether positions can be short.</summary>
    public bool Short { get; init; } = true;

    /// <summary>The highest leverage; 1 for none, 0 where the account decides.</summary>
    public double Leverage { get; init; }

    /// <summary>The order types that it takes, in the order of their names; all unless it says otherwise.</summary>
    public IReadOnlyList<OrderType> OrderTypes { get; init; } = Enum.GetValues<OrderType>();

    /// <summary>Whether stops wait at the venue, so that they work while the session is off.</summary>
    public bool RestingStops { get; init; } = true;

    /// <summary>Whether an order can be marked so that it never opens a position.</summary>
    public bool ReduceOnly { get; init; } = true;

    /// <summary>Whether the venue cancels waiting orders by itself when it does not receive a sign of life in time.</summary>
    public bool DeadManSwitch { get; init; }

    /// <summary>Orders a minute that the venue accepts; 0 where it names no limit.</summary>
    public int OrdersPerMinute { get; init; }

    /// <summary>What the account is denominated in, where the venue prescribes it, as "USDT"; empty for any.</summary>
    public string QuoteCurrency { get; init; } = "";
}

/// <summary>What the venue says about one instrument.</summary>
/// <param name="Symbol">As the session names it.</param>
/// <param name="VenueSymbol">As the venue names it.</param>
/// <param name="Instrument">With the venue's tick and lot size in base units.</param>
/// <param name="MinQuantity">The smallest order, base units.</param>
/// <param name="MinNotional">The smallest value of an order, quote currency.</param>
/// <param name="Capabilities">Of the broker, restricted to what this instrument allows.</param>
public sealed record InstrumentCapabilities(string Symbol, string VenueSymbol, Instrument Instrument, double MinQuantity,
    double MinNotional, BrokerCapabilities Capabilities);
