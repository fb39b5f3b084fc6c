using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>The ten deepest drawdowns, with start, end and duration.</summary>
internal sealed class DrawdownSection : IReportSection<CurveView>
{
    // Smaller drawdowns would be displayed as zero.
    private const double Shallowest = 0.5e-4;

    public string Id => "drawdowns";

    public string Title => "Worst drawdowns";

    public bool Applies(CurveView view) => view.Moves;

    public void Write(HtmlWriter html, CurveView view)
    {
        var drawdowns = view.Drawdowns.Where(d => d.Depth >= Shallowest).ToArray();
        if (drawdowns.Length == 0)
        {
            html.Raw("<p>Equity never fell below an earlier peak by 0.01% or more.</p>\n");
            return;
        }
        HtmlTable.Open(html, "The deepest drawdowns, deepest first",
        [
            new("Rank"), new("Depth"), new("Peak", Number: false), new("Trough", Number: false), new("Recovered", Number: false),
            new("Fall", Minor: true, Hint: "From the peak to the trough"),
            new("Under water", Hint: "From the peak to the recovery, or to the end"),
        ], "narrow");
        var rank = 0;
        var deepest = drawdowns[0].Depth;
        foreach (var d in drawdowns)
        {
            html.Write($"<tr><th scope=\"row\" class=\"n\">{++rank}</th><td class=\"n bar loss\" "
                + $"style=\"--w:{100 * d.Depth / deepest}\">{"−" + NumberText.Percent(d.Depth)}</td>");
            HtmlTable.Text(html, Stamp(d.Peak));
            HtmlTable.Text(html, Stamp(d.Trough));
            HtmlTable.Text(html, d.Recovery is { } recovery ? Stamp(recovery) : "not yet");
            HtmlTable.Number(html, NumberText.Days((d.Trough - d.Peak) / (double)TimeSpan.TicksPerDay), minor: true);
            HtmlTable.Number(html, NumberText.Days(d.Days));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);

        string Stamp(long ticks) => view.Intraday ? NumberText.Time(ticks) : NumberText.Date(ticks);
    }
}
