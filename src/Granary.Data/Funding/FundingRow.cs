using System.Runtime.InteropServices;

namespace Granary.Data.Funding;

/// <summary>A funding of a perpetual future, or a mark price between two of them.</summary>
/// <param name="Time">UTC ticks.</param>
/// <param name="Rate">Fraction per period, as exchanges publish it; NaN if the row has only a mark price.</param>
/// <param name="Mark">Mark price, quote currency; NaN if unknown.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FundingRow(long Time, double Rate, double Mark)
{
    /// <summary>
    /// Creates a row at a whole minute: exchanges publish when they booked a funding, some milliseconds after the full hour.
    /// </summary>
    public static FundingRow At(long time, double rate, double mark = double.NaN) =>
        new((time + TimeSpan.TicksPerMinute / 2) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, rate, mark);

    /// <summary>Merges two lists by time; the rows of the second replace rows of the same time.</summary>
    /// <param name="old">Oldest first.</param>
    /// <param name="rows">Oldest first.</param>
    /// <returns>All rows, and how many of them are new or changed.</returns>
    public static (FundingRow[] Rows, int Changed) Merge(IReadOnlyList<FundingRow> old, IReadOnlyList<FundingRow> rows)
    {
        var merged = new SortedDictionary<long, FundingRow>(old.ToDictionary(r => r.Time));
        var changed = 0;
        foreach (var row in rows)
        {
            if (!merged.TryGetValue(row.Time, out var known) || known != row) changed++;
            merged[row.Time] = row;
        }
        return ([.. merged.Values], changed);
    }
}
