using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// The states of the batch's regimes below the price, their transitions, market returns after each state, and the agreement between state
/// machines.
/// </summary>
internal sealed class RegimeSection(RegimeResults regimes) : IReportSection<RunView>
{
    public string Id => "regimes";

    public string Title => "Regimes";

    public bool Applies(RunView view) => regimes.Charts.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var charts = regimes.Charts;
        html.Raw("<p>A state is known at the close of its bar and depends on no later one; the return beside it is that of the bar after, "
            + "so that it could have been traded.</p>\n");
        for (var i = 0; i < charts.Count; i++)
        {
            var symbol = charts[i].Symbol;
            if (i > 0) html.Write($"<details><summary>{symbol}</summary>\n");
            Market(html, charts[i]);
            if (i > 0) html.Raw("</details>\n");
        }
        if (regimes.Markets > charts.Count)
            html.Write($"<p class=\"note\">The first {charts.Count} of {NumberText.Count(regimes.Markets)} markets are drawn.</p>\n");
    }

    private static void Market(HtmlWriter html, RegimeChart chart)
    {
        var (symbol, times) = (chart.Symbol, chart.Time);
        new TimePlot
        {
            Title = $"{symbol}, {chart.Timeframe} closes",
            Description = $"The price of {symbol}; below it the states of its regimes at the same times.",
            Lines = [new PlotLine(symbol, "close", times, chart.Close)],
            Unit = PlotUnit.Price,
            LogFrom = 5,
            TimeLabels = false,
            Height = 180,
        }.Write(html);
        StateStrip.Write(html, $"{symbol}, states", times,
            [.. chart.Machines.Select(m => new StateRow(m.Name, [.. m.Names], m.States))]);
        foreach (var machine in chart.Machines)
        {
            HtmlTable.Open(html, $"{symbol}, {machine.Name}: how its states follow one another",
                [new("State", Number: false), new("Share", Hint: "Of all bars with a state"), new("Spells"),
                    new("Mean spell", Hint: "Bars"),
                new("Next return", Hint: "Mean return of the bar after"), new("Deviation", Hint: "Of those returns"),
                .. machine.Names.Select(n => new HtmlColumn($"to {n}"))]);
            foreach (var state in machine.Statistics)
            {
                HtmlTable.RowHead(html, state.State);
                HtmlTable.Number(html, Percent(state.Share, 1));
                HtmlTable.Number(html, NumberText.Count(state.Spells));
                HtmlTable.Number(html, double.IsFinite(state.MeanSpell)
                    ? NumberText.Ratio(state.MeanSpell, 1) : NumberText.Undefined);
                if (double.IsFinite(state.NextReturn)) HtmlTable.SignedPercent(html, state.NextReturn, 3);
                else HtmlTable.Number(html, NumberText.Undefined);
                HtmlTable.Number(html, Percent(state.NextDeviation, 3));
                foreach (var to in state.To) HtmlTable.Number(html, Percent(to, 1));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        if (chart.Agreement.Count == 0) return;
        HtmlTable.Open(html, $"{symbol}: how far machines agree",
            [new("Machines", Number: false),
                new("Adjusted Rand index",
                    Hint: "1 where both draw the same lines, about 0 where they agree by chance only (Hubert and Arabie 1985)")]);
        foreach (var agreement in chart.Agreement)
        {
            HtmlTable.RowHead(html, $"{agreement.First} and {agreement.Second}");
            HtmlTable.Number(html, double.IsFinite(agreement.AdjustedRand)
                ? NumberText.Ratio(agreement.AdjustedRand, 3) : NumberText.Undefined);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Percent(double share, int digits) =>
        double.IsFinite(share) ? NumberText.Percent(share, digits) : NumberText.Undefined;
}
