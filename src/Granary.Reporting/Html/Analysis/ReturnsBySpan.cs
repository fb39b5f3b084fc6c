using System.Globalization;
using Granary.Contracts.Runs;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Analysis;

/// <summary>The returns of a curve over longer and longer spans.</summary>
internal static class ReturnsBySpan
{
    // A Monday is day zero; quarters and months are counted from year one.
    private static readonly (string Name, Func<DateTime, int> Number)[] s_calendar =
    [
        ("week", t => (int)(t.Ticks / TimeSpan.TicksPerDay / 7)), ("month", t => t.Year * 12 + t.Month),
        ("quarter", t => t.Year * 4 + (t.Month - 1) / 3), ("year", t => t.Year),
    ];

    /// <param name="returns">The returns of the view's own period, at least one.</param>
    public static IReadOnlyList<SpanReturns> Of(CurveView view, PeriodDistribution returns)
    {
        List<SpanReturns> rows = [Row(view.Period, returns.All)];
        foreach (var (name, number) in s_calendar)
        {
            double[] spans = [.. By(view.Measured, number).Where(double.IsFinite).Order()];
            // Weeks of a curve by month are its months.
            if (spans.Length > 1 && spans.Length < rows[^1].Count) rows.Add(Row(name, spans));
        }
        return rows;
    }

    /// <summary>The name of a span in the plural, as "Months".</summary>
    public static string Title(string span) => char.ToUpper(span[0], CultureInfo.InvariantCulture) + span[1..] + "s";

    // As PeriodReturn: last equity over the last one before the span, for the first span over the curve's first.
    private static List<double> By(EquityCurve curve, Func<DateTime, int> number)
    {
        var (found, before) = (new List<double>(), curve.Values[0]);
        for (var i = 0; i < curve.Count; i++)
        {
            if (i + 1 < curve.Count && number(new DateTime(curve.Times[i + 1])) == number(new DateTime(curve.Times[i]))) continue;
            found.Add(before > 0 ? curve.Values[i] / before - 1 : double.NaN);
            before = curve.Values[i];
        }
        return found;
    }

    private static SpanReturns Row(string span, double[] sorted) => new(span, sorted.Length,
        sorted.Count(r => r > 0) / (double)sorted.Length, sorted.Average(), sorted[0], Quantile.Linear(sorted, 0.25),
        Quantile.Median(sorted), Quantile.Linear(sorted, 0.75), sorted[^1]);
}
