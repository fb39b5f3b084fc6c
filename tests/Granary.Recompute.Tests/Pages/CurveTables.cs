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

    public static void Tails(PageCheck check, DailyCurve curve)
    {
        const string Caption = "Losses in the tail, per day";
        foreach (var row in check.Take(Caption).Rows.Skip(1))
        {
            var level = ShownNumber.Parse(row[0]).Value;
            var quantile = DailyCurve.Quantile(curve.Returns, 1 - level);
            check.Number($"{Caption}, {row[0]}, value at risk", row[1], -quantile);
            check.Number($"{Caption}, {row[0]}, expected shortfall", row[2], -curve.Returns.Where(r => r <= quantile).Average());
            check.Number($"{Caption}, {row[0]}, times", row[3], curve.Returns.Count(r => r <= quantile));
        }
    }

    // Months have no percent sign, since the caption says percent.
    private static string Percent(string cell) => cell.Length == 0 ? "–" : cell + "%";
}
