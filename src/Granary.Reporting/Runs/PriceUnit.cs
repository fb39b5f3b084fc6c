using Granary.Engine.Market;

namespace Granary.Reporting.Runs;

/// <summary>The worth of one point of a symbol's prices.</summary>
/// <param name="Multiplier">Units of its currency per price point and unit.</param>
/// <param name="Currency">A code, such as "JPY".</param>
internal readonly record struct PriceUnit(double Multiplier, string Currency)
{
    /// <summary>The unit of an instrument's prices.</summary>
    public PriceUnit(Instrument instrument) : this(instrument.Multiplier, instrument.Currency) => Changes = instrument.Changes;

    /// <summary>The contracts behind the symbol; none for a plain one.</summary>
    public ListingChanges Changes { get; } = ListingChanges.None;
}
