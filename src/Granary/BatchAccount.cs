namespace Granary;

/// <summary>The keys of a batch's <c>account</c>.</summary>
public sealed record BatchAccount
{
    /// <summary>Starting cash of the portfolio and of each strategy's account; default <c>100000</c>.</summary>
    public double? Cash { get; init; }

    /// <summary>Per year, for the report; default <c>0</c>.</summary>
    public double? RiskFreePercent { get; init; }

    /// <summary>The same as a series: a CSV or Parquet file of date,rate in percent per year, each known from its date on.</summary>
    public string? RiskFree { get; init; }
}
