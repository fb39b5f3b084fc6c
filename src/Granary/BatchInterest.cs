namespace Granary;

/// <summary>The keys of a batch's <c>account.interest</c>.</summary>
public sealed record BatchInterest
{
    /// <summary>The reference rate: a CSV or Parquet file of date,rate in percent per year, each known from its date on.</summary>
    public string? Reference { get; init; }

    /// <summary>The same as one rate for all time; default <c>0</c>.</summary>
    public double? ReferencePercent { get; init; }

    /// <summary>
    /// Cash earns so much less than the reference rate, but not less than nothing while that is positive; default <c>0</c>.
    /// </summary>
    public double? CashSpreadPercent { get; init; }

    /// <summary>Loans pay so much more than the reference rate; default <c>0</c>.</summary>
    public double? LoanSpreadPercent { get; init; }
}
