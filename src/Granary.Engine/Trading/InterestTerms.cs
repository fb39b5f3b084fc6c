using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>
/// Interest on balances of one currency. Cash earns the reference rate less a spread, which takes no more than a positive rate; with a
/// negative reference rate cash pays. Loans pay the reference rate plus a spread, and never earn.
/// </summary>
/// <param name="CashSpread">Per year, a fraction.</param>
/// <param name="LoanSpread">Per year, a fraction.</param>
/// <param name="LoanFactor">2 if all costs are doubled.</param>
internal sealed record InterestTerms(YearlyRates Reference, double CashSpread, double LoanSpread, double LoanFactor = 1)
{
    /// <summary>Returns what a balance brings in nights that follow one another; calendar days of a 365-day year.</summary>
    /// <param name="balance">Negative = a loan.</param>
    /// <param name="from">The day before the first night, as days since 0001-01-01.</param>
    /// <param name="to">The day after the last night.</param>
    /// <returns>Negative = it is paid.</returns>
    public double Of(double balance, long from, long to)
    {
        if (balance == 0) return 0;
        var rates = 0.0;
        for (var day = from; day < to; day++)
        {
            // Batches whose rates begin later are refused.
            var reference = Reference.OfNight(day) is var known && double.IsNaN(known) ? 0 : known;
            rates += balance > 0 ? Math.Max(Math.Min(reference, 0), reference - CashSpread)
                : LoanFactor * Math.Max(0, reference + LoanSpread);
        }
        return balance * (rates / 365);
    }
}
