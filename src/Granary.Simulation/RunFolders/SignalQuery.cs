using Granary.Contracts.Runs;
using Granary.Engine;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for signals of a run: rows with totals by decision.</summary>
/// <param name="Rows">The order, the conditions and the page.</param>
/// <param name="Symbol">Null = all.</param>
/// <param name="Decision">
/// Decision of the portfolio, such as <c>max-positions</c>; <c>refused</c> = all but <c>accepted</c>; null = all.
/// </param>
internal sealed record SignalQuery(RowQuery Rows, string? Symbol = null, string? Decision = null)
{
    private const string Accepted = "accepted", Refused = "refused";

    /// <summary>The query for the rows alone.</summary>
    public RowQuery Matching => Rows with
    {
        CountsDecisions = true,
        Also =
        [
            .. Rows.Also,
            .. Symbol is null ? [] : (RowCondition[])[new RowCondition("symbol", "=", Symbol)],
            .. Decision is null ? [] : (RowCondition[])
                [Decision == Refused ? new RowCondition("decision", "!=", Accepted) : new RowCondition("decision", "=", Decision)],
        ],
    };

    /// <summary>Returns a page of signals, and totals by decision over all matching signals.</summary>
    /// <param name="path">Path of the run's signals.csv.</param>
    /// <param name="indexes">Keeps the places of rows between queries; null = the file is read.</param>
    /// <exception cref="InputException">The run has no such file, or the cursor, the order or a condition is wrong.</exception>
    public SignalRows Of(string path, RowIndexes? indexes = null)
    {
        var (rows, query) = (RowText.OfFile(path, null, indexes), Matching);
        var page = query.Of(rows);
        return new SignalRows(page.Items, page.Total, query.ViewOf(rows).Decisions, page.Next) { Position = page.Position };
    }
}
