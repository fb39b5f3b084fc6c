namespace Granary.Exchanges.Trading;

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

/// <summary>A funding payment between holders of a perpetual contract.</summary>
/// <param name="Id">The exchange's id.</param>
/// <param name="Amount">Quote currency; negative if paid.</param>
internal sealed record FundingPayment(string Id, string Listed, decimal Amount, DateTimeOffset At);
