using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Symbols that the portfolio held, their weights and profits.</summary>
internal sealed class HoldingsSection : IReportSection<RunView>
{
    // Colours h0 … h6 of the style sheet; further symbols share one.
    private const int Drawn = 7, MostListed = 60, MostPoints = 420;

    // A fraction of equity; a smaller short position counts as none.
    private const double LeastShort = 1e-6;

    public string Id => "holdings";

    public string Title => "Holdings by symbol";

    public bool Applies(RunView view) => view.Trades.OfPortfolio && view.Moves && view.Holdings.Symbols.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var holdings = view.Holdings;
        var at = Sample(holdings.Times.Length);
        long[] times = [.. at.Select(i => holdings.Times[i])];
        var lines = holdings.Symbols.Take(Drawn).Select((h, k) =>
            new PlotLine(h.Symbol, $"h{k}", times, [.. at.Select(i => h.Gross[i])], Area: true)).ToList();
        if (holdings.Symbols.Count > Drawn)
            lines.Add(new PlotLine(Counted.Of(holdings.Symbols.Count - Drawn, "other"), "h7", times,
                [.. at.Select(i => holdings.Symbols.Skip(Drawn).Sum(h => h.Gross[i]))], Area: true));
        new TimePlot
        {
            Title = "Gross exposure by symbol",
            Description = $"At the ends of {view.Period}s, each position at the close. {holdings.Symbols[0].Symbol} is the largest "
                + $"with {NumberText.Percent(holdings.Symbols[0].AverageGross, 1)} of equity on average.",
            Lines = lines,
            Stacked = true,
            Unit = PlotUnit.Percent,
            Up = "percent of equity",
            Height = 210,
            Baseline = 0,
            Group = "run",
            Span = new TimeAxis(view.Drawn.Times[0], view.Drawn.Times[^1]),
            Intraday = view.Intraday,
        }.Write(html);
        if (at.Length < holdings.Times.Length) html.Write($"<p class=\"note\">Drawn at {NumberText.Count(at.Length)} of "
            + $"{NumberText.Count(holdings.Times.Length)} rows, evenly chosen; the table is of all: the first row and the ends of "
            + $"{view.Period}s.</p>\n");
        Table(html, view, holdings);
        Sides(html, view, holdings, at, times);
    }

    private static void Sides(HtmlWriter html, RunView view, Holdings holdings, int[] at, long[] times)
    {
        double Long(int i) => holdings.Symbols.Sum(h => (h.Gross[i] + h.Net[i]) / 2);
        double Short(int i) => holdings.Symbols.Sum(h => (h.Gross[i] - h.Net[i]) / 2);
        double[] below = [.. at.Select(i => -Short(i))];
        if (below.Min() > -LeastShort) return;
        new TimePlot
        {
            Title = "Long and short exposure",
            Description = $"At the ends of {view.Period}s; shorts are below zero.",
            Lines = [new PlotLine("Long", "s3", times, [.. at.Select(Long)], Area: true),
                new PlotLine("Short", "loss", times, below, Area: true)],
            Unit = PlotUnit.Percent,
            Up = "percent of equity",
            Height = 170,
            Baseline = 0,
            Group = "run",
            Span = new TimeAxis(view.Drawn.Times[0], view.Drawn.Times[^1]),
            Intraday = view.Intraday,
        }.Write(html);
    }

    private static void Table(HtmlWriter html, RunView view, Holdings holdings)
    {
        HtmlTable.Open(html, $"Share of equity at the ends of {view.Period}s, largest first",
        [
            new("Symbol", Number: false), new("Held", Hint: "Share of the rows with a position"), new("Gross on average"),
                new("Gross at the most"), new("Net on average", Minor: true),
            new("At the end", Hint: "Net, at the last row"), new("Net profit", Hint: "Of its trades, open ones at their marks"),
        ], "narrow");
        foreach (var h in holdings.Symbols.Take(MostListed))
        {
            HtmlTable.RowHead(html, h.Symbol);
            HtmlTable.Number(html, NumberText.Percent(h.TimeHeld, 1));
            HtmlTable.Number(html, NumberText.Percent(h.AverageGross, 1));
            HtmlTable.Number(html, NumberText.Percent(h.MostGross, 1));
            HtmlTable.Number(html, NumberText.SignedPercent(h.Net.Average(), 1), minor: true);
            HtmlTable.Number(html, h.Net[^1] == 0 ? "none" : NumberText.SignedPercent(h.Net[^1], 1), h.Net[^1] == 0 ? "soft" : "");
            HtmlTable.SignedMoney(html, h.Profit);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (holdings.Symbols.Count > MostListed) html.Write($"<p class=\"note\">And "
            + $"{NumberText.Count(holdings.Symbols.Count - MostListed)} more with less.</p>\n");
    }

    private static int[] Sample(int rows)
    {
        var count = Math.Min(rows, MostPoints);
        return [.. Enumerable.Range(0, count).Select(k => count == 1 ? 0 : (int)((long)k * (rows - 1) / (count - 1)))];
    }
}
