using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>Interest on the balances of an account, by currency.</summary>
/// <param name="Currency">The account's.</param>
/// <param name="ByCurrency">By the code of a whole currency: pence have the terms of pounds.</param>
internal sealed record InterestSettings(string Currency, IReadOnlyDictionary<string, InterestTerms> ByCurrency)
{
    /// <summary>The terms of the account's own currency.</summary>
    public InterestTerms Own => Of(Currency)!;

    /// <summary>The terms of a currency; null if there are none.</summary>
    public InterestTerms? Of(string currency) => ByCurrency.GetValueOrDefault(CurrencyUnit.Whole(CurrencyUnit.Of(currency)).Currency);

    /// <summary>These settings with the interest on loans doubled.</summary>
    public InterestSettings Stressed() => this with
    {
        ByCurrency = ByCurrency.ToDictionary(t => t.Key, t => t.Value with { LoanFactor = 2 * t.Value.LoanFactor }, StringComparer.Ordinal),
    };
}
