using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>Creates the section of results.json on interest and borrow fees.</summary>
internal static class BorrowingReport
{
    /// <returns>Null if no key of the batch has them over time.</returns>
    public static BorrowingResults? Of(PortfolioRun run) => run.FinancingByCurrency() is not { } sums ? null
        : new BorrowingResults([.. sums.Select(s => new BorrowingOfCurrency(s.Currency, s.Earned, s.Paid, s.BorrowFees))])
        { EntriesCut = run.Borrowed };
}
