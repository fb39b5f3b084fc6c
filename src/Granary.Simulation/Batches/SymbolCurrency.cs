using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The currency of a symbol's prices, from the batch, else the source, else the name.</summary>
/// <param name="Currency">A code such as "JPY"; "GBX" for pence.</param>
/// <param name="IsNamed">Whether anything says so; otherwise it is taken as the account's.</param>
internal readonly record struct SymbolCurrency(string Currency, bool IsNamed)
{
    /// <summary>Returns the currency of an instrument.</summary>
    /// <param name="instrument">As the source describes it, or with the batch's settings.</param>
    public static SymbolCurrency Of(DataSpec data, Instrument instrument)
    {
        var symbol = instrument.Symbol;
        InstrumentKeys? In(DataSpec of) => of.Instruments.GetValueOrDefault(symbol) ?? of.Instruments.GetValueOrDefault("*");
        if ((In(data.Of(symbol)) ?? In(data))?.Currency is { } said) return new SymbolCurrency(said, true);
        if (!instrument.IsCurrencyAssumed) return new SymbolCurrency(instrument.Currency, true);
        return QuoteCurrency.Of(symbol) is { } shown ? new SymbolCurrency(shown, true)
            : new SymbolCurrency(data.AccountCurrency ?? Instrument.UnnamedCurrency, false);
    }
}
