using Granary.Engine.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The first screen of a comparison: whether both runs are equal, and their equity on one axis.</summary>
internal static class CompareTop
{
    public static void Write(HtmlWriter html, CompareView view)
    {
        var (a, b) = (view.First, view.Second);
        var kind = view.IsLiveAgainstBacktest ? "Comparison of a backtest and a live session" : "Comparison of two runs";
        html.Write($"<header><p class=\"eyebrow\">{kind}</p><h1>{a.Name}{(a.Name == b.Name ? "" : $" and {b.Name}")}</h1></header>\n");
        if (view.SameDigest) html.Raw("<p class=\"notice clean\"><b>The same.</b> Both digests agree: all trades, signals and equity are "
            + "equal to the last bit.</p>\n");
        else Difference(html, view);
        if (TrialDifference.Of(a, b) is { } ledger) html.Write($"<p class=\"note\">{ledger.Sentence}</p>\n");
        Account(html, a.IsLive ? a : b);
        if (view.NotListed > 0)
            html.Write($"<p class=\"note\">The trades of {NumberText.Count(view.NotListed)} strategies are not compared, since one of the "
                + $"runs does not list them. Run both with \"outputs\": \"all\".</p>\n");
        HtmlTable.Open(html, "The two runs", [new("Property", Number: false), new("A", Number: false), new("B", Number: false)], "two");
        Row("Run", a.Run, b.Run);
        Row("Made", $"{NumberText.Clock(a.CreatedAt)} UTC, {a.Host}, {NumberText.Seconds(a.ElapsedSeconds)} from start to end",
            $"{NumberText.Clock(b.CreatedAt)} UTC, {b.Host}, {NumberText.Seconds(b.ElapsedSeconds)} from start to end");
        Row("Strategies", NumberText.Count(a.Strategies.Count), NumberText.Count(b.Strategies.Count));
        Row("Digest", a.Digest, b.Digest);
        HtmlTable.Close(html);
        Curves(html, a, b);

        void Row(string name, string first, string second)
        {
            HtmlTable.RowHead(html, name);
            Cell(first, "");
            Cell(second, first == second ? "soft" : "");
            HtmlTable.EndRow(html);
        }

        void Cell(string text, string style)
        {
            html.Write($"<td class=\"{style}\">");
            html.Prose(text);
            html.Raw("</td>");
        }
    }

    // The comparison uses the live session's simulated portfolio; its account has the broker's fills.
    private static void Account(HtmlWriter html, RunModel live)
    {
        if (live.Section<SessionResults>()?.Sentence is { Length: > 0 } sentence)
            html.Write($"<p class=\"note\">The live session's own portfolio is compared here, with simulated fills. "
                + $"With the broker's fills: {NumberText.Typeset(sentence)}.</p>\n");
    }

    private static void Difference(HtmlWriter html, CompareView view)
    {
        var trades = view.Same + view.OnlyFirst + view.OnlySecond + view.Changed;
        html.Write($"<aside class=\"notice\" aria-label=\"Difference\"><b>They differ.</b> Of {NumberText.Count(trades)} trades of "
            + $"strategies' own accounts {NumberText.Count(view.Same)} are the same in both, ");
        html.Write($"{NumberText.Count(view.Changed)} are changed, ");
        if (view.Resized > 0) html.Write($"of these {NumberText.Count(view.Resized)} in their size alone, ");
        html.Write($"{NumberText.Count(view.OnlyFirst)} are only in A and {NumberText.Count(view.OnlySecond)} only in B.");
        if (view.OfOneRun > 0)
            html.Write($" {NumberText.Count(view.OfOneRun)} of them belong to strategies that the other run does not have.");
        html.Raw("</aside>\n");
    }

    private static void Curves(HtmlWriter html, RunModel a, RunModel b)
    {
        var lines = new List<PlotLine>();
        // Both curves start at 1, whatever the starting cash.
        Add(a, "A", "s1");
        Add(b, "B", "s2");
        if (lines.Count == 0) return;
        new TimePlot
        {
            Title = "Equity over starting cash",
            Description = string.Join("; ", lines.Select(l => $"{l.Name} ends at {NumberText.Ratio(l.Values[^1])}")) + ".",
            Lines = lines,
            Unit = PlotUnit.Ratio,
            Height = 260,
            LogFrom = 5,
            Group = "run",
        }.Write(html);
        var under = new List<PlotLine>();
        foreach (var line in lines)
        {
            // Drawdowns of all rows, not only the drawn ones, since a peak may lie between them.
            under.Add(line with { Values = [.. (line.Name == "A" ? a : b).Equity.Select(r => -r.Drawdown)] });
        }
        new TimePlot
        {
            Title = "Drawdown",
            Description = string.Join("; ", under.Select(l => $"{l.Name} fell by {NumberText.Percent(-l.Values.Min())} at the most")) + ".",
            Lines = under,
            Unit = PlotUnit.Percent,
            Height = 120,
            Baseline = 0,
            Ticks = 3,
            Group = "run",
        }.Write(html);

        void Add(RunModel run, string name, string style)
        {
            if (run.Equity.Count < 2) return;
            var values = new double[run.Equity.Count];
            for (var i = 0; i < values.Length; i++) values[i] = run.Equity[i].Equity / run.StartingCash;
            lines.Add(new PlotLine(name, style, [.. run.Equity.Select(r => r.Time)], values));
        }
    }
}
