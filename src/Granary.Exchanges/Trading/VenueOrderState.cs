using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>State of an order at the exchange.</summary>
/// <param name="ClientId">Empty where the exchange does not give it.</param>
/// <param name="VenueId">The order to which its fills belong: for a triggered stop the order that it became.</param>
/// <param name="State">Submitted, PartiallyFilled, Filled, Cancelled, Rejected or Expired.</param>
/// <param name="Filled">Base units.</param>
internal sealed record VenueOrderState(string ClientId, string VenueId, string Listed, OrderState State, decimal Filled, string Reason);

/// <summary>One execution.</summary>
/// <param name="ExecutionId">Unique within the instrument and the side.</param>
/// <param name="OrderId">The exchange's id of the order.</param>
/// <param name="Quantity">Base units.</param>
/// <param name="Fee">The fee; positive if paid.</param>
/// <param name="FeeCurrency">The exchange's name of the currency.</param>
internal sealed record VenueFill(string ExecutionId, string OrderId, string Listed, Side Side, decimal Price, decimal Quantity,
    decimal Fee, string FeeCurrency, DateTimeOffset At);

/// <summary>A funding payment between holders of a perpetual contract.</summary>
/// <param name="Id">The exchange's id.</param>
/// <param name="Amount">Quote currency; negative if paid.</param>
internal sealed record FundingPayment(string Id, string Listed, decimal Amount, DateTimeOffset At);

/// <summary>Balances and positions of the account.</summary>
/// <param name="Balances">By currency, with what waiting orders hold back.</param>
/// <param name="Positions">Signed base units by the exchange's symbol; null on a spot market, where balances are the positions.</param>
/// <param name="EntryValue">Σ signed quantity · entry price of the positions; 0 on a spot market.</param>
internal sealed record VenueAccount(IReadOnlyDictionary<string, decimal> Balances, IReadOnlyDictionary<string, decimal>? Positions,
    decimal EntryValue)
{
    /// <summary>Returns the account's holding in an instrument: its position, or the balance of its base currency.</summary>
    public decimal Held(VenueInstrument instrument) =>
        Positions is null ? Balances.GetValueOrDefault(instrument.Base) : Positions.GetValueOrDefault(instrument.Listed);

    /// <summary>Returns the symbol or currency under which the account holds the instrument.</summary>
    public string HeldAs(VenueInstrument instrument) => Positions is null ? instrument.Base : instrument.Listed;
}

/// <summary>A websocket report. Every part may be missing.</summary>
internal sealed record VenueNews
{
    /// <summary>The connection was opened; earlier events must be requested.</summary>
    public bool Connected { get; init; }

    /// <summary>The connection is lost.</summary>
    public bool Lost { get; init; }

    public VenueOrderState? Order { get; init; }

    public VenueFill? Fill { get; init; }

    /// <summary>The exchange's symbol of a price.</summary>
    public string? Listed { get; init; }

    public decimal Price { get; init; }
}
