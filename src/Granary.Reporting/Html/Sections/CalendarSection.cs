using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Returns by month and year.</summary>
internal sealed class CalendarSection : IReportSection<CurveView>
{
    public string Id => "calendar";

    public string Title => "Months and years";

    public bool Applies(CurveView view) => view.Moves;

    public void Write(HtmlWriter html, CurveView view)
    {
        var months = PeriodReturn.Monthly(view.Measured).ToDictionary(m => (m.Year, m.Month), m => m.Return);
        var years = PeriodReturn.Yearly(view.Measured);
        var theirs = view.BenchmarkWithin is { } b ? PeriodReturn.Yearly(b).ToDictionary(y => y.Year, y => y.Return) : null;
        // Tints are scaled to typical months, not to the extreme one.
        var sizes = months.Values.Where(double.IsFinite).Select(Math.Abs).Order().ToArray();
        var scale = sizes.Length > 0 ? Math.Max(1e-4, Quantile.Linear(sizes, 0.9)) : 1;
        var names = CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames;
        var columns = new List<HtmlColumn> { new("Year", Number: false) };
        for (var m = 0; m < 12; m++) columns.Add(new HtmlColumn(names[m]));
        columns.Add(new HtmlColumn("Year"));
        if (theirs is not null) columns.Add(new HtmlColumn(view.BenchmarkName));
        HtmlTable.Open(html, "Return by month and year, percent", System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns),
            "calendar heat");
        foreach (var year in years)
        {
            HtmlTable.RowHead(html, year.Year.ToString(CultureInfo.InvariantCulture));
            for (var month = 1; month <= 12; month++)
            {
                if (months.TryGetValue((year.Year, month), out var r))
                    HtmlTable.Number(html, NumberText.SignedRatio(r * 100, 1), HtmlTable.Tint(r / scale));
                else html.Raw("<td></td>");
            }
            HtmlTable.Number(html, NumberText.SignedRatio(year.Return * 100, 1), "total " + NumberText.Sign(year.Return));
            if (theirs is not null) HtmlTable.Number(html, theirs.TryGetValue(year.Year, out var other)
                ? NumberText.SignedRatio(other * 100, 1) : NumberText.Undefined, "soft");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        // After a total loss a month has no return.
        Gains(html, [.. months.Values.Where(double.IsFinite)], [.. years.Select(y => y.Return).Where(double.IsFinite)]);
    }

    private static void Gains(HtmlWriter html, double[] months, double[] years)
    {
        if (months.Length < 2) return;
        HtmlTable.Open(html, "How often and how much months and years gained; the first and the last may be cut short",
        [
            new("Of", Number: false), new("Number"), new("Gained"), new("Best"), new("Worst"), new("Mean"),
                new("Mean gain", Minor: true), new("Mean loss", Minor: true),
        ], "narrow");
        Row("Months", months);
        if (years.Length > 1) Row("Years", years);
        HtmlTable.Close(html);

        void Row(string name, double[] returns)
        {
            double[] gains = [.. returns.Where(r => r > 0)], losses = [.. returns.Where(r => r < 0)];
            HtmlTable.RowHead(html, name);
            HtmlTable.Number(html, NumberText.Count(returns.Length));
            HtmlTable.Number(html, NumberText.Percent((double)gains.Length / returns.Length, 1));
            HtmlTable.SignedPercent(html, returns.Max());
            HtmlTable.SignedPercent(html, returns.Min());
            HtmlTable.SignedPercent(html, returns.Average());
            HtmlTable.SignedPercent(html, gains.Length > 0 ? gains.Average() : double.NaN, minor: true);
            HtmlTable.SignedPercent(html, losses.Length > 0 ? losses.Average() : double.NaN, minor: true);
            HtmlTable.EndRow(html);
        }
    }
}
