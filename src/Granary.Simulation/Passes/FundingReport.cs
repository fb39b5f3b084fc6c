using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>Creates the section of results.json on funding.</summary>
internal static class FundingReport
{
    /// <param name="days">By day, then instrument.</param>
    /// <param name="symbols">Symbols of the instruments.</param>
    /// <returns>Null if the portfolio neither paid nor received funding.</returns>
    public static FundingResults? Of(IReadOnlyList<FundingDay> days, IReadOnlyList<string> symbols) => days.Count == 0 ? null
        : new FundingResults(days.Sum(d => d.Paid), days.Sum(d => d.Received), days.Sum(d => d.Charges))
        {
            Symbols = [.. days.GroupBy(d => symbols[d.Market]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
                new FundingOfSymbol(g.Key, g.Sum(d => d.Paid), g.Sum(d => d.Received), g.Sum(d => d.Charges)))],
            Days = [.. days.GroupBy(d => d.Day).Select(g =>
                new FundingOfDay(g.Key * TimeSpan.TicksPerDay, g.Sum(d => d.Paid), g.Sum(d => d.Received)))],
        };
}
