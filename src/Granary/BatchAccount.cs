namespace Granary;

/// <summary>The keys of a batch's <c>account</c>.</summary>
public sealed record BatchAccount
{
    /// <summary>Starting cash of the portfolio and of each strategy's account; default <c>100000</c>.</summary>
    public double? Cash { get; init; }

    /// <summary>The account's currency, as "EUR": equity, sizes, limits and figures are in it (currencies).</summary>
    public string? Currency { get; init; }

    /// <summary>
    /// Of results in other currencies: hold keeps balances in them, convert changes the net result of a trade when it is closed; default
    /// <c>hold</c>.
    /// </summary>
    public string? Conversion { get; init; }

    /// <summary>Between bid and ask, of an exchange rate; a conversion pays half of it; default <c>0</c>.</summary>
    public double? FxSpreadPercent { get; init; }

    /// <summary>
    /// Interest on cash and loans by currency, as { "EUR": { "reference": "estr.csv", "cashSpreadPercent": 0.5, "loanSpreadPercent": 1.5 }
    /// } (borrowing); it takes the place of execution.marginRatePercent.
    /// </summary>
    public Dictionary<string, BatchInterest>? Interest { get; init; }

    /// <summary>Per year, for the report; default <c>0</c>.</summary>
    public double? RiskFreePercent { get; init; }

    /// <summary>The same as a series: a CSV or Parquet file of date,rate in percent per year, each known from its date on.</summary>
    public string? RiskFree { get; init; }
}
