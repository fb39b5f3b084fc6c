namespace Granary.Reporting.Runs;

/// <summary>Interest and borrow fees of the portfolio, by currency.</summary>
internal sealed record BorrowingResults(IReadOnlyList<BorrowingOfCurrency> Currencies) : ResultSection("borrowing")
{
    /// <summary>Short entries that were made smaller, at their signal or their fill.</summary>
    public int EntriesCut { get; init; }
}

/// <summary>Amounts in the currency itself.</summary>
/// <param name="InterestEarned">On cash.</param>
/// <param name="InterestPaid">On loans, and on cash at a negative rate; positive.</param>
/// <param name="BorrowFees">Of short positions, less rebates.</param>
internal sealed record BorrowingOfCurrency(string Currency, double InterestEarned, double InterestPaid, double BorrowFees);
