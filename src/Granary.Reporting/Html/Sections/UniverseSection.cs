using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The members of the universe over time, those who joined and left, and what survivorship would have added.</summary>
internal sealed class UniverseSection(UniverseResults universe) : IReportSection<RunView>
{
    public string Id => "universe";

    public string Title => "Universe";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Write($"<p>Entries were possible in the members of the time: {universe.Rule}. Of {NumberText.Count(universe.Symbols)} symbols, "
            + $"{NumberText.Count(universe.Members)} were members at some time, and {NumberText.Count(universe.AtEnd)} at the end. "
            + $"A position in a symbol that left was {(universe.OnLeave == "close" ? "closed at the next open" : "held until its own exit")}.</p>\n");
        if (universe.Counts.Count > 1) Count(html);
        if (universe.Survivorship is { } s) Survivors(html, s);
        if (universe.Changes.Count > 0) Changes(html);
        if (universe.Lacking is { Count: > 0 } lacking)
            html.Write($"<p class=\"note\">The source does not have {Counted.Of(lacking.Count, "member")}: {string.Join(", ", lacking)}.</p>\n");
    }

    private void Count(HtmlWriter html)
    {
        // The number holds until the next change, so the line has steps.
        UniverseCount[] steps = [universe.Counts[0], .. universe.Counts.Zip(universe.Counts.Skip(1))
            .SelectMany(pair => (UniverseCount[])[pair.First with { Time = pair.Second.Time }, pair.Second])];
        new TimePlot
        {
            Title = "Members",
            Description = "The number of members from each change on.",
            Lines = [new PlotLine("members", "s1", [.. steps.Select(c => c.Time)], [.. steps.Select(c => (double)c.Members)], Area: true)],
            Unit = PlotUnit.Ratio,
            Baseline = 0,
            Height = 160,
            Up = "members",
        }.Write(html);
    }

    private static void Survivors(HtmlWriter html, SurvivorshipResults s)
    {
        HtmlTable.Open(html, "What survivorship would have added",
            [new("Universe", Number: false), new("Total return"), new("Sharpe ratio", Hint: "Of a year")]);
        Row("The members of the time", s.Return, s.Sharpe);
        Row($"The {NumberText.Count(s.Symbols)} members at the end, as if they always had been", s.SurvivorReturn, s.SurvivorSharpe);
        HtmlTable.Close(html);
        html.Write($"<p class=\"note\">Both are the portfolio with the same strategies and weights. {Counted.Of(s.Rerun, "strategy")} ran again "
            + $"for the second one; the others have the same trades, or none.</p>\n");

        void Row(string name, double total, double sharpe)
        {
            HtmlTable.RowHead(html, name);
            HtmlTable.SignedPercent(html, total, 2);
            HtmlTable.Number(html, double.IsFinite(sharpe) ? NumberText.Ratio(sharpe, 2) : NumberText.Undefined);
            HtmlTable.EndRow(html);
        }
    }

    private void Changes(HtmlWriter html)
    {
        html.Write($"<details><summary>{(universe.ChangeCount > universe.Changes.Count ? $"The last {universe.Changes.Count} of " : "")}"
            + $"{Counted.Of(universe.ChangeCount, "change")}</summary>\n");
        HtmlTable.Open(html, "Who joined and who left",
            [new("From", Number: false), new("Joined", Number: false), new("Left", Number: false)]);
        foreach (var change in universe.Changes)
        {
            HtmlTable.RowHead(html, RunText.Time(change.Time)[..10]);
            HtmlTable.Text(html, string.Join(", ", change.Joined));
            HtmlTable.Text(html, string.Join(", ", change.Left));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Raw("</details>\n");
    }
}
