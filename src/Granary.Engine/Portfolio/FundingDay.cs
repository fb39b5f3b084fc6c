namespace Granary.Engine.Portfolio;

/// <summary>Funding of an instrument's positions on one day.</summary>
/// <param name="Market">Index of the instrument.</param>
/// <param name="Day">UTC day of the bars in which it was booked, as days since 0001-01-01.</param>
/// <param name="Paid">Account currency, positive.</param>
/// <param name="Received">Account currency, positive.</param>
/// <param name="Charges">How many times an open trade paid or received it.</param>
internal readonly record struct FundingDay(int Market, long Day, double Paid, double Received, long Charges)
{
    /// <summary>The sum with one more amount.</summary>
    /// <param name="amount">Account currency; negative is paid.</param>
    internal FundingDay With(double amount) => this with
    {
        Paid = Paid + Math.Max(0, -amount),
        Received = Received + Math.Max(0, amount),
        Charges = Charges + 1,
    };
}
