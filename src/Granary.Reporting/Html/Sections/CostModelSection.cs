using Granary.Reporting.Html.Charts;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The costs of fills against one reference price: cells, size, volatility and hours.</summary>
internal sealed class CostModelSection(CostModel model, double level) : IReportSection<CostStudyResults>
{
    public string Id => "costs-" + model.Reference;

    public string Title => "Against the " + Words(model.Reference);

    public bool Applies(CostStudyResults view) => true;

    public static string Words(string reference) => reference switch
    {
        "open" => "next open",
        "close" => "signal’s close",
        CostModel.OfStops => "trigger of stop orders",
        _ => "mid of bid and ask",
    };

    public void Write(HtmlWriter html, CostStudyResults view)
    {
        html.Raw("<p>");
        html.Prose($"{Counted.Of(model.Fills, "fill")} on {Counted.Of(model.Days, "day")} cost {Points(model.Raw)} on average. A fill "
            + $"differs from the model by {Points(model.Deviation)} (standard deviation).");
        html.Raw("</p>\n");
        Cells(html);
        html.Raw("<div class=\"pair\">");
        if (model.Size is { } size) Curve(html, size, "Cost by size", "quantity, basis points of the bar’s volume", 1e4);
        if (model.Volatility is { } volatility) Curve(html, volatility, "Cost by volatility", "range of the bar, basis points", 1);
        html.Raw("</div>\n");
        Hours(html);
        Slopes(html);
    }

    private string Interval => $"{NumberText.Percent(level, 0)} interval";

    private void Cells(HtmlWriter html)
    {
        HtmlTable.Open(html, "Cost by side and venue, at mean size, volatility and hour, basis points",
            [new("Side", Number: false), new("Venue", Number: false), new("Fills"), new("Mean of fills", Hint: "Without the model"),
                new("To the pool", Minor: true, Hint: "Share by which it is drawn to the pool"), new("Cost"), new("Low", Hint: Interval),
                new("High", Hint: Interval), new("Upper", Hint: "One-sided, 95%")]);
        Row(html, "both", "all", model.Fills, model.Raw, double.NaN, model.Pool);
        foreach (var side in model.Sides) Row(html, side.Side, "all", side.Fills, side.Raw, double.NaN, side.Cost);
        foreach (var cell in model.Cells) Row(html, cell.Side, cell.Venue ?? "unnamed", cell.Fills, cell.Raw, cell.Shrinkage, cell.Cost);
        HtmlTable.Close(html);
    }

    private static void Row(HtmlWriter html, string side, string venue, int fills, double raw, double shrinkage, CostFigure cost)
    {
        HtmlTable.RowHead(html, side);
        HtmlTable.Text(html, venue);
        HtmlTable.Number(html, NumberText.Count(fills));
        HtmlTable.Number(html, NumberText.Ratio(raw));
        HtmlTable.Number(html, NumberText.Percent(shrinkage, 1), minor: true);
        Numbers(html, cost, 2);
        HtmlTable.EndRow(html);
    }

    private static void Numbers(HtmlWriter html, CostFigure cost, int digits)
    {
        foreach (var value in (double[])[cost.Mean, cost.Low, cost.High, cost.Upper])
            HtmlTable.Number(html, NumberText.Ratio(value, digits));
    }

    // Shown at a scale: the size is a fraction of the volume, and the range is in basis points.
    private void Curve(HtmlWriter html, CostOfMeasure measure, string title, string across, double scale)
    {
        new LinePlot
        {
            Title = title,
            Description = $"Basis points of a mean fill, with the {Interval}.",
            Across = across,
            Up = "basis points",
            At = [.. measure.Curve.Select(p => p.At * scale)],
            Lines =
            [
                new NumberLine("cost", "s1", [.. measure.Curve.Select(p => p.Mean)]),
                new NumberLine("low", "s4", [.. measure.Curve.Select(p => p.Low)]),
                new NumberLine("high", "s2", [.. measure.Curve.Select(p => p.High)]),
            ],
            Format = v => NumberText.Ratio(v, 1),
            Height = 220,
        }.Write(html);
        if (measure.Bins.Count == 0) return;
        HtmlTable.Open(html, $"Mean of fills by {across}",
            [new("From", Number: false), new("To"), new("Fills"), new("Mean, basis points")]);
        foreach (var bin in measure.Bins)
        {
            HtmlTable.RowHead(html, Measure(bin.From * scale));
            HtmlTable.Number(html, Measure(bin.To * scale));
            HtmlTable.Number(html, NumberText.Count(bin.Fills));
            HtmlTable.Number(html, NumberText.Ratio(bin.Mean));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private void Hours(HtmlWriter html)
    {
        if (model.Hours.Count == 0) return;
        new LinePlot
        {
            Title = "Cost by hour",
            Description = $"Basis points more or less than the mean of all fills, with the {Interval}.",
            Across = "hour of the day, UTC",
            Up = "basis points",
            At = [.. model.Hours.Select(h => (double)h.Hour)],
            Lines =
            [
                new NumberLine("cost", "s1", [.. model.Hours.Select(h => h.Cost.Mean)]),
                new NumberLine("low", "s4", [.. model.Hours.Select(h => h.Cost.Low)]),
                new NumberLine("high", "s2", [.. model.Hours.Select(h => h.Cost.High)]),
            ],
            Format = v => NumberText.Ratio(v, 1),
            Height = 200,
        }.Write(html);
        HtmlTable.Open(html, "More or less than the mean of all fills, by hour (UTC), basis points",
            [new("Hour", Number: false), new("Fills"), new("Mean of fills", Hint: "Without the model"),
                new("To the pool", Minor: true, Hint: "Share by which it is drawn to the pool"), new("Cost"), new("Low", Hint: Interval),
                new("High", Hint: Interval), new("Upper", Hint: "One-sided, 95%")]);
        foreach (var hour in model.Hours)
        {
            HtmlTable.RowHead(html, FormattableString.Invariant($"{hour.Hour:00}:00"));
            HtmlTable.Number(html, NumberText.Count(hour.Fills));
            HtmlTable.Number(html, NumberText.Ratio(hour.Raw));
            HtmlTable.Number(html, NumberText.Percent(hour.Shrinkage, 1), minor: true);
            Numbers(html, hour.Cost, 2);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private void Slopes(HtmlWriter html)
    {
        if (model.Size is null && model.Volatility is null) return;
        HtmlTable.Open(html, "Effects of size and volatility, basis points per unit",
            [new("Measure", Number: false), new("Mean of the measure"), new("Effect"), new("Low", Hint: Interval),
                new("High", Hint: Interval), new("Upper", Hint: "One-sided, 95%")]);
        foreach (var (name, measure) in ((string, CostOfMeasure?)[])
            [("root of quantity over the bar’s volume", model.Size), ("range of the bar, basis points", model.Volatility)])
        {
            if (measure is null) continue;
            HtmlTable.RowHead(html, name);
            HtmlTable.Number(html, NumberText.Ratio(measure.Center, 4));
            Numbers(html, measure.Cost, 4);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    // Small orders of a large volume differ in the second decimal.
    private static string Measure(double value) => NumberText.Ratio(value, value < 10 ? 2 : value < 100 ? 1 : 0);

    internal static string Points(double value) => NumberText.Ratio(value) + " bp";
}
