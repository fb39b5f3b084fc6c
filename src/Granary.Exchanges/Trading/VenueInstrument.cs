using Granary.Data.Brokers;
using Granary.Engine.Market;

namespace Granary.Exchanges.Trading;

/// <summary>An instrument as the exchange lists it. Quantities are in base units, also if the exchange counts contracts.</summary>
internal sealed record VenueInstrument
{
    /// <summary>The session's symbol, such as BTCUSDT.</summary>
    public required string Symbol { get; init; }

    /// <summary>The exchange's symbol, such as BTC-USDT.</summary>
    public required string Listed { get; init; }

    public required string Base { get; init; }

    public required string Quote { get; init; }

    /// <summary>Price step in quote currency.</summary>
    public required decimal Tick { get; init; }

    public required decimal Lot { get; init; }

    public decimal MinQuantity { get; init; }

    /// <summary>The maximum quantity; 0 for none.</summary>
    public decimal MaxQuantity { get; init; }

    /// <summary>The minimum order value, in quote currency.</summary>
    public decimal MinNotional { get; init; }

    /// <summary>Base units per contract; 1 on a spot market.</summary>
    public decimal Contract { get; init; } = 1;

    /// <summary>The maximum leverage of a contract; 0 if the exchange does not report it, 1 on a spot market.</summary>
    public decimal MaxLeverage { get; init; } = 1;

    public bool IsTrading { get; init; } = true;

    /// <summary>Whether margin and profits are in the base currency. Such a contract is listed only to be refused by its name.</summary>
    public bool IsInverse { get; init; }

    /// <summary>Returns the spelling by which symbols are matched: BTC-USDT, BTC/USDT and BTCUSDT are the same.</summary>
    public static string Plain(string symbol) => string.Concat(symbol.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>Rounds a quantity down to whole lots.</summary>
    /// <remarks>A multiple of the lot can be slightly too small as a double, such as the rest of a position after several fills. Less than
    /// a thousandth of a lot is therefore added.</remarks>
    public decimal FloorQuantity(double quantity) =>
        FloorQuantity(ToDecimal(quantity) + (double.IsFinite(quantity) && quantity > 0 ? Lot / 1000 : 0));

    /// <summary>Rounds a quantity down to whole lots.</summary>
    public decimal FloorQuantity(decimal quantity) => Lot > 0 ? Math.Floor(quantity / Lot) * Lot : quantity;

    /// <summary>Rounds a price to the nearest tick.</summary>
    public decimal RoundPrice(double price) =>
        Tick > 0 ? Math.Round(ToDecimal(price) / Tick, MidpointRounding.AwayFromZero) * Tick : ToDecimal(price);

    // Both types represent fifteen digits exactly.
    private static decimal ToDecimal(double value) => double.IsFinite(value) && Math.Abs(value) < 7e27 ? (decimal)value : 0;

    /// <summary>Its rules as the engine knows them.</summary>
    public Instrument Traded => new()
    {
        Symbol = Symbol,
        Currency = Quote,
        TickSize = (double)Tick,
        LotSize = (double)Lot,
        MinQuantity = (double)MinQuantity,
        MinNotional = (double)MinNotional,
    };

    public InstrumentCapabilities Describe(BrokerCapabilities broker) => new(Symbol, Listed, Traded,
        MaxLeverage > 0 && (double)MaxLeverage < broker.Leverage
            ? broker with { Leverage = (double)MaxLeverage } : broker);
}
