using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Returns of an equity curve by weeks from Monday to Sunday, UTC; a week without rows has the return 0.</summary>
/// <param name="First">The first week, counted from a Monday long ago.</param>
internal sealed record WeeklyReturns(int First, double[] Returns)
{
    public static WeeklyReturns Of(IReadOnlyList<EquityRow> rows, double start)
    {
        var (first, last) = (Week(rows[0].Time), Week(rows[^1].Time));
        var (returns, before, next) = (new double[last - first + 1], start, 0);
        for (var week = first; week <= last; week++)
        {
            var end = before;
            while (next < rows.Count && Week(rows[next].Time) == week) end = rows[next++].Equity;
            returns[week - first] = before > 0 ? end / before - 1 : 0;
            before = end;
        }
        return new(first, returns);
    }

    /// <summary>The number of a time's week.</summary>
    public static int Week(DateTime time) => (int)(time - DateTime.MinValue).TotalDays / 7;

    /// <summary>When a week begins.</summary>
    public static DateTime Start(int week) => DateTime.MinValue.AddDays(7 * week);

    /// <summary>The return of a week; 0 outside of the record.</summary>
    public double At(int week) => week >= First && week < First + Returns.Length ? Returns[week - First] : 0;

    /// <summary>Pearson's, over the weeks that both have; NaN where these are too few.</summary>
    public double Correlation(WeeklyReturns other, int fewest)
    {
        var (from, to) = (Math.Max(First, other.First), Math.Min(First + Returns.Length, other.First + other.Returns.Length));
        if (to - from < fewest) return double.NaN;
        var weeks = Enumerable.Range(from, to - from).ToList();
        return Pages.ReturnTables.Correlation([.. weeks.Select(At)], [.. weeks.Select(other.At)]);
    }
}
