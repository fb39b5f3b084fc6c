using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The interest on balances of a currency in <see cref="AccountKeys.Interest"/>.</summary>
internal sealed record InterestKeys
{
    [Key("the reference rate: a CSV or Parquet file of `date,rate` in percent per year, each known from its date on", Offers = "file",
        Without = "`referencePercent`")]
    public Address? Reference { get; init; }

    [Key("the same as one rate for all time"), Range(-100, 1000)]
    public double ReferencePercent { get; init; }

    [Key("cash earns so much less than the reference rate, but not less than nothing while that is positive"), Range(0, 1000)]
    public double CashSpreadPercent { get; init; }

    [Key("loans pay so much more than the reference rate"), Range(0, 1000)]
    public double LoanSpreadPercent { get; init; }
}
