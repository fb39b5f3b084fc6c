using System.Text.Json;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// The states of the batch's regimes under the price, how they follow one another, what the market did after them, and how far machines
/// agree. Reads the run's section "regimes".
/// </summary>
internal sealed class RegimeSection(string json) : IReportSection<RunView>
{
    public const string Name = "regimes";

    private readonly JsonElement _root = SectionJson.Parse(json);

    public string Id => "regimes";

    public string Title => "Regimes";

    public bool Applies(RunView view) => SectionJson.Items(_root, "charts").Any();

    public void Write(HtmlWriter html, RunView view)
    {
        var charts = SectionJson.Items(_root, "charts").ToArray();
        html.Raw("<p>A state is known at the close of its bar and depends on no later one; the return beside it is that of the bar after, "
            + "so that it could have been traded.</p>\n");
        for (var i = 0; i < charts.Length; i++)
        {
            var symbol = SectionJson.Text(charts[i], "symbol");
            if (i > 0) html.Write($"<details><summary>{symbol}</summary>\n");
            Market(html, charts[i], symbol);
            if (i > 0) html.Raw("</details>\n");
        }
        var markets = SectionJson.Value(_root, "markets");
        if (markets > charts.Length)
            html.Write($"<p class=\"note\">The first {charts.Length} of {NumberText.Count((long)markets)} markets are drawn.</p>\n");
    }

    private static void Market(HtmlWriter html, JsonElement chart, string symbol)
    {
        var times = SectionJson.Longs(chart, "time");
        var machines = SectionJson.Items(chart, "machines").ToArray();
        new TimePlot
        {
            Title = $"{symbol}, {SectionJson.Text(chart, "timeframe")} closes",
            Description = $"The price of {symbol}; below it the states of its regimes at the same times.",
            Lines = [new PlotLine(symbol, "close", times, SectionJson.Numbers(chart, "close"))],
            Unit = PlotUnit.Price,
            LogFrom = 5,
            TimeLabels = false,
            Height = 180,
        }.Write(html);
        StateStrip.Write(html, $"{symbol}, states", times,
            [.. machines.Select(m => new StateRow(SectionJson.Text(m, "name"), Names(m),
                [.. SectionJson.Longs(m, "states").Select(s => (int)s)]))]);
        foreach (var machine in machines)
        {
            var names = Names(machine);
            HtmlTable.Open(html, $"{symbol}, {SectionJson.Text(machine, "name")}: how its states follow one another",
                [new("State", Number: false), new("Share", Hint: "Of all bars with a state"), new("Spells"),
                    new("Mean spell", Hint: "Bars"),
                new("Next return", Hint: "Mean return of the bar after"), new("Deviation", Hint: "Of those returns"),
                .. names.Select(n => new HtmlColumn($"to {n}"))]);
            foreach (var state in SectionJson.Items(machine, "statistics"))
            {
                HtmlTable.RowHead(html, SectionJson.Text(state, "state"));
                HtmlTable.Number(html, Percent(SectionJson.Value(state, "share"), 1));
                HtmlTable.Number(html, NumberText.Count((long)SectionJson.Value(state, "spells")));
                HtmlTable.Number(html, SectionJson.Value(state, "meanSpell") is var spell && double.IsFinite(spell)
                    ? NumberText.Ratio(spell, 1) : NumberText.Undefined);
                var next = SectionJson.Value(state, "nextReturn");
                if (double.IsFinite(next)) HtmlTable.SignedPercent(html, next, 3);
                else HtmlTable.Number(html, NumberText.Undefined);
                HtmlTable.Number(html, Percent(SectionJson.Value(state, "nextDeviation"), 3));
                foreach (var to in SectionJson.Numbers(state, "to")) HtmlTable.Number(html, Percent(to, 1));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        var agreements = SectionJson.Items(chart, "agreement").ToArray();
        if (agreements.Length == 0) return;
        HtmlTable.Open(html, $"{symbol}: how far machines agree",
            [new("Machines", Number: false),
                new("Adjusted Rand index",
                    Hint: "1 where both draw the same lines, about 0 where they agree by chance only (Hubert and Arabie 1985)")]);
        foreach (var agreement in agreements)
        {
            HtmlTable.RowHead(html, $"{SectionJson.Text(agreement, "first")} and {SectionJson.Text(agreement, "second")}");
            HtmlTable.Number(html, SectionJson.Value(agreement, "adjustedRand") is var rand && double.IsFinite(rand)
                ? NumberText.Ratio(rand, 3) : NumberText.Undefined);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string[] Names(JsonElement machine) => [.. SectionJson.Items(machine, "names").Select(n => n.GetString()!)];

    private static string Percent(double share, int digits) =>
        double.IsFinite(share) ? NumberText.Percent(share, digits) : NumberText.Undefined;
}
