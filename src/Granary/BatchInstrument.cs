using System.Text.Json.Serialization;

namespace Granary;

/// <summary>The keys of a batch's <c>data.instruments</c>.</summary>
public sealed record BatchInstrument
{
    /// <summary>Stock trades whole shares unless lot says otherwise.</summary>
    public string? Kind { get; init; }

    /// <summary>Price step.</summary>
    public double? Tick { get; init; }

    /// <summary>Quantity step.</summary>
    public double? Lot { get; init; }

    /// <summary>Smallest quantity of an order that opens or adds to a position; smaller ones are not sent.</summary>
    public double? MinQuantity { get; init; }

    /// <summary>The same for its value, in the currency of the prices.</summary>
    public double? MinNotional { get; init; }

    /// <summary>Value per point.</summary>
    public double? Multiplier { get; init; }

    /// <summary>Margin per unit.</summary>
    public double? Margin { get; init; }

    /// <summary>Linear, settled in the currency of its prices, or inverse, settled in its coin: an inverse contract is refused.</summary>
    public string? Contract { get; init; }

    /// <summary>Currency of the prices, as "JPY".</summary>
    public string? Currency { get; init; }

    /// <summary>Time from which it is not traded any more: Delisting.</summary>
    public string? Delisted { get; init; }

    /// <summary>Price at which positions are closed then.</summary>
    public double? DelistingPrice { get; init; }

    /// <summary>The same as a return from the last close: -0.3 closes them 30 % below it, -1 is a total loss.</summary>
    public double? DelistingReturn { get; init; }

    /// <summary>The contracts of a future, of which the symbol is one series: Chains.</summary>
    public BatchChain? Chain { get; init; }

    /// <summary>Text.</summary>
    public string? Venue { get; init; }

    /// <summary>"24/7", "XNYS", or hours.</summary>
    [JsonConverter(typeof(WordJson))]
    public BatchSession? Session { get; init; }
}
