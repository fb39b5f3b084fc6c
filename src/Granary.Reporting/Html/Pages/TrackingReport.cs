using Granary.Reporting.Html.Charts;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>An index and its replica, as data for a report page.</summary>
/// <param name="Path">For each name in the order of selection, the number of names and their annual tracking error.</param>
/// <param name="Times">The end of each period, UTC ticks.</param>
/// <param name="Index">The index's returns by period.</param>
/// <param name="Replica">The replica's returns by period, without the intercept.</param>
/// <param name="Fitted">The number of fitted periods; later periods are out of sample.</param>
/// <param name="Rolling">For the rolling selection, its first period and the replica's returns from there; null without one.</param>
internal sealed record TrackingReport(
    string Title, IReadOnlyList<(string Name, double Weight)> Weights, double Intercept, IReadOnlyList<(int Names, double Error)> Path,
    IReadOnlyList<TrackingFigures> Figures,
    long[] Times, double[] Index, double[] Replica, int Fitted, (int From, double[] Replica)? Rolling,
    IReadOnlyList<TrackingChoice> History, IReadOnlyList<string> Notes)
{
    /// <summary>Writes the page of an index replication.</summary>
    /// <param name="output">The output, which is not closed.</param>
    public void Write(TextWriter output) => ReportPage.Write(new HtmlWriter(output), $"{Title} · replication", this, Top,
        [
            new ReportPage.Group<TrackingReport>("Replica",
                [new Section("following", "How it follows", WriteCurves), new Section("names", "Chosen names", WriteNames),
                    new Section("path", "Names against error", WritePath)]),
            new ReportPage.Group<TrackingReport>("Choices over time", History.Count > 0
                ? [new Section("history", "What was chosen when", WriteHistory)] : []),
        ], "Granary replication of an index by matching pursuit. Past results say little about future ones.");

    private sealed class Section(string id, string title, Action<HtmlWriter> write) : IReportSection<TrackingReport>
    {
        public string Id => id;

        public string Title => title;

        public bool Applies(TrackingReport view) => true;

        public void Write(HtmlWriter html, TrackingReport view) => write(html);
    }

    private static void Top(HtmlWriter html, TrackingReport view)
    {
        html.Write($"<header><p class=\"eyebrow\">Index replication</p><h1>{view.Title}</h1><p "
            + $"class=\"what\">{Counted.Of(view.Weights.Count, "name")}, {Counted.Of(view.Times.Length, "period")}, ");
        html.Prose($"{NumberText.Time(view.Times[0])} to {NumberText.Time(view.Times[^1])}.");
        html.Raw("</p></header>\n");
        if (view.Notes.Count > 0)
        {
            html.Raw("<aside class=\"notice\" aria-label=\"Notes\"><ul>");
            foreach (var note in view.Notes) html.Write($"<li>{note}</li>");
            html.Raw("</ul></aside>\n");
        }
        html.Raw("<dl class=\"figures\">");
        foreach (var f in view.Figures)
            html.Write($"<div><dt>Tracking error, {f.Over}</dt><dd>{NumberText.Percent(f.TrackingError)}</dd><dd "
                + $"class=\"soft\">Correlation {NumberText.Ratio(f.Correlation, 4)}</dd></div>");
        html.Raw("</dl>\n");
    }

    private void WriteCurves(HtmlWriter html)
    {
        new TimePlot
        {
            Title = "Index and replica, compounded",
            Description = Fitted < Times.Length ? $"The first {Fitted} periods were fitted, the others are out of sample."
                : "All periods were fitted.",
            Lines = [new PlotLine("Index", "s1", Times, Grown(Index)), new PlotLine("Replica", "s2", Times, Grown(Replica))],
            Unit = PlotUnit.Percent,
            Baseline = 0,
            Group = "track",
        }.Write(html);
        new TimePlot
        {
            Title = "Residual: index less replica, summed",
            Description = $"Of the fitted names; fitted until {NumberText.Time(Times[Fitted - 1])}.",
            Lines = [new PlotLine("Fitted", "s3", Times[..Fitted], Summed(0, Replica, 0, Fitted)),
                .. Fitted < Times.Length ? [new PlotLine("Out of sample", "loss", Times[Fitted..],
                    Summed(0, Replica, Fitted, Times.Length))] : Array.Empty<PlotLine>()],
            Unit = PlotUnit.Percent,
            Baseline = 0,
            Group = "track",
            Height = 150,
        }.Write(html);
        if (Rolling is { } rolling) WriteRolling(html, rolling.From, rolling.Replica);
        WriteFigures(html);
    }

    private void WriteRolling(HtmlWriter html, int from, double[] replica)
    {
        new TimePlot
        {
            Title = "Rolling choice: index and replica, compounded, out of sample throughout",
            Description = $"{History.Count} choices, each from the periods before it.",
            Lines = [new PlotLine("Index", "s1", Times[from..], Grown(Index.AsSpan(from))),
                new PlotLine("Replica", "s2", Times[from..], Grown(replica))],
            Unit = PlotUnit.Percent,
            Baseline = 0,
        }.Write(html);
        new TimePlot
        {
            Title = "Residual of the rolling choice, summed",
            Description = "Index less replica, out of sample throughout.",
            Lines = [new PlotLine("Residual", "loss", Times[from..],
                Summed(from, replica, from, Times.Length))],
            Unit = PlotUnit.Percent,
            Baseline = 0,
            Height = 150,
        }.Write(html);
    }

    private void WriteFigures(HtmlWriter html)
    {
        HtmlTable.Open(html, "How closely it follows",
            [new("Over", Number: false), new("Periods"), new("Tracking error", Hint: "Yearly deviation of index less replica"),
                new("Information ratio"), new("Correlation"), new("Residual norm", Hint: "‖index − intercept − Σ weight · return‖")]);
        foreach (var f in Figures)
        {
            HtmlTable.RowHead(html, f.Over);
            HtmlTable.Number(html, NumberText.Count(f.Periods));
            HtmlTable.Number(html, NumberText.Percent(f.TrackingError));
            HtmlTable.Number(html, double.IsFinite(f.InformationRatio) ? NumberText.Ratio(f.InformationRatio) : NumberText.Undefined);
            HtmlTable.Number(html, double.IsFinite(f.Correlation) ? NumberText.Ratio(f.Correlation, 4) : NumberText.Undefined);
            HtmlTable.Number(html, NumberText.Ratio(f.ResidualNorm, 5));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static double[] Grown(ReadOnlySpan<double> returns)
    {
        var grown = new double[returns.Length];
        var level = 1.0;
        for (var t = 0; t < grown.Length; t++) grown[t] = (level *= 1 + returns[t]) - 1;
        return grown;
    }

    // The cumulative sum of index minus replica; the replica's first return belongs to period `offset`.
    private double[] Summed(int offset, double[] replica, int from, int to)
    {
        var sums = new double[to - from];
        var sum = 0.0;
        for (var t = from; t < to; t++) sums[t - from] = sum += Index[t] - replica[t - offset];
        return sums;
    }

    private void WriteNames(HtmlWriter html)
    {
        HtmlTable.Open(html, "In the order of choice",
            [new("Name", Number: false), new("Chosen"), new("Weight"),
                new("Tracking error with it", Hint: "Yearly, of the names so far, over the fitted periods")], sortable: true);
        for (var k = 0; k < Weights.Count; k++)
        {
            HtmlTable.RowHead(html, Weights[k].Name);
            HtmlTable.Number(html, NumberText.Count(k + 1));
            HtmlTable.Number(html, NumberText.Ratio(Weights[k].Weight, 4));
            HtmlTable.Number(html, k < Path.Count && Path[k].Names == k + 1 ? NumberText.Percent(Path[k].Error) : NumberText.Undefined);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Write($"<p>Sum of the weights: {NumberText.Ratio(Weights.Sum(w => w.Weight), 4)}.</p>\n");
        if (Intercept != 0) html.Write($"<p>Intercept: {NumberText.SignedPercent(Intercept, 4)} per period, which no holding earns.</p>\n");
    }

    private void WritePath(HtmlWriter html)
    {
        new GroupedBarPlot
        {
            Title = "Yearly tracking error by number of names",
            Description = Path.Count == 0 ? "No name was chosen."
                : $"From {NumberText.Percent(Path[0].Error)} with {Path[0].Names} to {NumberText.Percent(Path[^1].Error)} with "
                    + $"{Path[^1].Names}, over the fitted periods.",
            Series = [("tracking error", "b1")],
            Groups = [.. Path.Select(p => new BarGroup(NumberText.Count(p.Names), [p.Error]))],
            Format = v => TimePlot.Text(v, PlotUnit.Percent),
            Across = "Names held",
            Up = "tracking error, percent a year",
        }.Write(html);
        html.Raw("<p class=\"note\">Where the bars stop falling, more names add cost and nothing else.</p>\n");
    }

    private void WriteHistory(HtmlWriter html)
    {
        HtmlTable.Open(html, "Choices, each from the periods before it",
            [new("Held from", Number: false), new("Names"), new("New"), new("Turnover", Hint: "Σ |change of weight|"),
                new("In-sample error"), new("Holds", Number: false)]);
        IReadOnlyList<(string Name, double Weight)> before = [];
        foreach (var choice in History)
        {
            HtmlTable.RowHead(html, NumberText.Time(choice.Time));
            HtmlTable.Number(html, NumberText.Count(choice.Names.Count));
            HtmlTable.Number(html, NumberText.Count(choice.Names.Count(n => before.All(b => b.Name != n.Name))));
            HtmlTable.Number(html, NumberText.Ratio(choice.Turnover, 3));
            HtmlTable.Number(html, NumberText.Percent(choice.InSampleError));
            HtmlTable.Text(html, string.Join(", ",
                choice.Names.OrderByDescending(n => Math.Abs(n.Weight)).Select(n => $"{n.Name} {NumberText.Ratio(n.Weight, 3)}")));
            HtmlTable.EndRow(html);
            before = choice.Names;
        }
        HtmlTable.Close(html);
    }
}
