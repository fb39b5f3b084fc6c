using Granary.Contracts.Runs;

namespace Granary.Simulation.RunFolders;

/// <summary>The places of the rows of a CSV file that match a query, in its order.</summary>
/// <param name="Header">The end of the header line, in bytes.</param>
/// <param name="Rows">Where each row begins and ends, in bytes.</param>
/// <param name="Times">The time of each row, UTC ticks; null if the rows have none.</param>
/// <param name="Decisions">The totals of signals by decision; empty where the query does not count them.</param>
internal sealed record RowView(long Header, IReadOnlyList<(long From, long End)> Rows, IReadOnlyList<long>? Times,
    IReadOnlyList<DecisionTotal> Decisions)
{
    /// <summary>Returns the ranges of some rows; neighbours in the file are one range.</summary>
    public IEnumerable<(long From, long End)> Ranges(int first, int count)
    {
        (long From, long End)? open = null;
        for (var i = first; i < Math.Min(Rows.Count, (long)first + count); i++)
        {
            if (open is { } before && before.End == Rows[i].From) open = (before.From, Rows[i].End);
            else
            {
                if (open is { } whole) yield return whole;
                open = Rows[i];
            }
        }
        if (open is { } last) yield return last;
    }

    /// <summary>
    /// Returns the number of the row with which a jump to a time begins: the first one at that time or later; in descending order the first
    /// one at that time or before. The last row where there is none.
    /// </summary>
    public int PositionOf(long time, bool descending)
    {
        if (Times is null) return 0;
        for (var i = 0; i < Times.Count; i++)
            if (descending ? Times[i] <= time : Times[i] >= time) return i;
        return Math.Max(0, Times.Count - 1);
    }
}
