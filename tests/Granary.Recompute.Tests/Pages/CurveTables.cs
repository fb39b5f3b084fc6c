using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables that follow from the equity curve alone: months, drawdowns and tails.</summary>
internal static class CurveTables
{
    public static void Months(PageCheck check, DailyCurve curve)
    {
        const string Caption = "Return by month and year, percent";
        foreach (var row in check.Take(Caption).Rows.Skip(1))
        {
            var year = int.Parse(row[0]);
            for (var month = 1; month <= 12; month++)
                check.Number($"{Caption}, {year}-{month:00}", Percent(row[month]), curve.Return(d => d.Year == year && d.Month == month));
            check.Number($"{Caption}, {year}", Percent(row[13]), curve.Return(d => d.Year == year));
        }
    }

    /// <summary>Number, gains, losses, tails and extremes of the days' returns, of all days and of those in the market.</summary>
    public static void Days(PageCheck check, DailyCurve curve)
    {
        const string Caption = "Returns per day: all, and those in the market";
        foreach (var row in check.Take(Caption).Rows.Skip(1))
        {
            double[] returns = row[0] == "All days" ? curve.Returns : [.. curve.Returns.Where((_, i) => curve.Invested[i])];
            var (tail95, tail99) = (DailyCurve.Quantile(returns, 0.05), DailyCurve.Quantile(returns, 0.01));
            double[] expected =
            [
                returns.Length, (double)returns.Count(r => r > 0) / returns.Length, (double)returns.Count(r => r < 0) / returns.Length,
                -tail95, -returns.Where(r => r <= tail95).Average(), -tail99, -returns.Where(r => r <= tail99).Average(),
                returns.Min(), DailyCurve.Quantile(returns, 0.5), returns.Max(),
            ];
            for (var i = 0; i < expected.Length; i++) check.Number($"{Caption}, {row[0]}, column {i + 1}", row[i + 1], expected[i]);
        }
    }

    // Months have no percent sign, since the caption says percent.
    private static string Percent(string cell) => cell.Length == 0 ? "–" : cell + "%";
}
