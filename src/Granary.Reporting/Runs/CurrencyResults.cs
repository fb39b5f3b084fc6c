namespace Granary.Reporting.Runs;

/// <summary>How much of the portfolio's return is price and how much currency: fractions of its starting cash that add up to it.</summary>
/// <param name="Account">The account's currency.</param>
/// <param name="Conversion">hold or convert.</param>
/// <param name="Price">Of prices, fees and financing, at the rates from before.</param>
/// <param name="Currency">Of the rates, on what was in other currencies before.</param>
/// <param name="Product">Of both together, and of conversions at other rates than those of the closes.</param>
internal sealed record CurrencyResults(string Account, string Conversion, double Price, double Currency, double Product)
    : ResultSection("currency")
{
    /// <summary>The sum of the parts: the portfolio's total return.</summary>
    public double Total => Price + Currency + Product;

    /// <summary>Balances in other currencies at the end; negative ones are borrowed.</summary>
    public IReadOnlyList<CurrencyBalance> Balances { get; init; } = [];
}

/// <summary>A balance in another currency than the account's.</summary>
/// <param name="Rate">The value of one unit in the account's currency, at the end.</param>
internal sealed record CurrencyBalance(string Currency, double Amount, double Rate);
