using Granary.Storage.Addresses;

namespace Granary.Data.Funding;

/// <summary>The sources of the funding of perpetual futures: one table or store for all symbols, or one for each.</summary>
/// <param name="BySymbol">Addresses by symbol; <see cref="All"/> for all other symbols.</param>
internal sealed record FundingSources(IReadOnlyDictionary<string, Address> BySymbol)
{
    public const string All = "*";

    /// <summary>Returns the address for a symbol; null if it has no funding.</summary>
    public Address? Of(string symbol) => BySymbol.GetValueOrDefault(symbol) ?? BySymbol.GetValueOrDefault(All);
}
