using Granary.Data.Brokers;
using Granary.Engine.Market;

namespace Granary.Exchanges.Trading;

/// <summary>An instrument as its exchange lists it. Quantities are base units also where the exchange counts contracts.</summary>
internal sealed record VenueInstrument
{
    /// <summary>As the session names it: BTCUSDT.</summary>
    public required string Symbol { get; init; }

    /// <summary>As the exchange names it: BTC-USDT.</summary>
    public required string Listed { get; init; }

    public required string Base { get; init; }

    public required string Quote { get; init; }

    /// <summary>Quote currency.</summary>
    public required decimal Tick { get; init; }

    public required decimal Lot { get; init; }

    public decimal MinQuantity { get; init; }

    /// <summary>0 for none.</summary>
    public decimal MaxQuantity { get; init; }

    /// <summary>Quote currency.</summary>
    public decimal MinNotional { get; init; }

    /// <summary>Base units of one contract; 1 on a spot market.</summary>
    public decimal Contract { get; init; } = 1;

    /// <summary>The highest leverage of a contract; 0 where the exchange does not say, 1 on a spot market.</summary>
    public decimal MaxLeverage { get; init; } = 1;

    public bool IsTrading { get; init; } = true;

    /// <summary>Where a symbol can be matched however it is spelled: BTC-USDT, BTC/USDT and BTCUSDT are the same.</summary>
    public static string Plain(string symbol) => string.Concat(symbol.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>The quantity in whole lots, rounded down.</summary>
    /// <remarks>What is a multiple of the lot can be a hair below it as a double, as the rest of a position after several fills: less than
    /// a thousandth of a lot is added.</remarks>
    public decimal FloorQuantity(double quantity) =>
        FloorQuantity(ToDecimal(quantity) + (double.IsFinite(quantity) && quantity > 0 ? Lot / 1000 : 0));

    /// <summary>The quantity in whole lots, rounded down.</summary>
    public decimal FloorQuantity(decimal quantity) => Lot > 0 ? Math.Floor(quantity / Lot) * Lot : quantity;

    /// <summary>The price on the nearest tick.</summary>
    public decimal RoundPrice(double price) =>
        Tick > 0 ? Math.Round(ToDecimal(price) / Tick, MidpointRounding.AwayFromZero) * Tick : ToDecimal(price);

    // Fifteen digits are what both types have in common.
    private static decimal ToDecimal(double value) => double.IsFinite(value) && Math.Abs(value) < 7e27 ? (decimal)value : 0;

    public InstrumentCapabilities Describe(BrokerCapabilities broker) => new(Symbol, Listed,
        new Instrument { Symbol = Symbol, Currency = Quote, TickSize = (double)Tick, LotSize = (double)Lot }, (double)MinQuantity,
        (double)MinNotional, MaxLeverage > 0 && (double)MaxLeverage < broker.Leverage
            ? broker with { Leverage = (double)MaxLeverage } : broker);
}
