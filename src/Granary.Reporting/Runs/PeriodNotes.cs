using System.Globalization;
using Granary.Engine.Analysis;

namespace Granary.Reporting.Runs;

/// <summary>Notes on the periods per year of a record that follows no convention.</summary>
internal static class PeriodNotes
{
    private static readonly DayOfWeek[] s_weekdays =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    // A number that the user sets may be another convention of the same calendar, such as 250 or 260 for 252.
    private const double Near = 0.1;

    /// <param name="counted">The periods per year of the record.</param>
    /// <param name="used">The number that annualises: the counted one, or one that the user set.</param>
    /// <param name="key">The key or option that sets the number.</param>
    /// <returns>One sentence for each finding; empty for an ordinary record.</returns>
    public static IEnumerable<string> Of(PeriodCount counted, double used, string key)
    {
        if (double.IsNaN(counted.PerYear)) yield break;
        if (used != counted.PerYear)
        {
            if (Math.Abs(used / counted.PerYear - 1) > Near)
                yield return $"Figures by the year (Sharpe, Sortino, volatility) use {Text(used)} periods a year, as {key} says; the "
                    + $"record itself has {Text(counted.PerYear)}.";
            yield break;
        }
        var remedy = $"{key} sets another number.";
        if (counted.StrayRows > 0)
            yield return $"{Counted.Of(counted.StrayRows, counted.Rows, "row")} {(counted.StrayRows == 1 ? "lies" : "lie")} outside the "
                + $"days of the week of the others ({Names(counted.Days)}), and {(counted.StrayRows == 1 ? "does" : "do")} not count as a "
                + $"session: figures by the year (Sharpe, Sortino, volatility) use {Text(used)} periods a year. {remedy}";
        else if (!counted.IsConvention)
            yield return $"The record has {Text(used)} rows a year, which is no usual number for days, weeks or months; figures by the "
                + $"year (Sharpe, Sortino, volatility) use it. {remedy}";
        else if (counted.Days.Count == 5 && !counted.Days.SequenceEqual(s_weekdays))
            yield return $"The record's days are {Names(counted.Days)}: five sessions a week count as 252 a year, and figures by the year "
                + $"use {Text(used)} periods. {remedy}";
    }

    private static string Text(double perYear) => perYear.ToString("#,0.#", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlyList<DayOfWeek> days) => string.Join(", ", days);
}
