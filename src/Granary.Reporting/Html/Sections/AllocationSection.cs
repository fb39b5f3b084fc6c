using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The weight rules compared out of sample, the efficient frontier, and the risk of the last weights.</summary>
internal sealed class AllocationSection(AllocationResults results) : IReportSection<RunView>
{
    private const int MostBars = 20;

    public string Id => "allocations";

    public string Title => "Weight rules compared";

    public bool Applies(RunView view) => results.Rules.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Write($"<p class=\"lead\">Each rule chose weights of the {Counted.Of(results.Strategies, "strategy")} "
            + $"{Counted.Of(results.Choices, "time")}, every {Days(results.EveryDays)}, from "
            + $"{(results.WindowDays is { } window ? $"the {Days(window)}" : "all bars")} before. The figures are of the periods after the "
            + $"choices, {NumberText.Date(results.From)} to {NumberText.Date(results.To)}, {Counted.Of(results.Periods, "return")} of "
            + $"{Days(results.PeriodDays)} each.");
        if (results.Chosen is { } chosen) html.Write($" The rule of this batch is <code>{chosen}</code>.");
        html.Raw("</p>\n");
        Table(html);
        html.Raw("<p class=\"note\">Money is divided among the strategies' own accounts. Limits and sizes of the portfolio, and the cost "
            + "of moving money between the accounts, are not in it, so the figures differ from those of the portfolio. The difference is the "
            + "Sharpe ratio less that of equal weights, with its standard error (Ledoit and Wolf 2008). The p-value is by their bootstrap; "
            + "the adjusted one allows for the number of rules (Holm 1979). A rule is better by more than chance if it is below 0.05 and "
            + "the difference is positive.</p>\n");
        if (results.Risk is not { } risk) return;
        Frontier(html, risk);
        Contributions(html, risk);
    }

    private static string Days(double days) => NumberText.Ratio(days, days == Math.Floor(days) ? 0 : 1) + (days == 1 ? " day" : " days");

    private void Table(HtmlWriter html)
    {
        HtmlTable.Open(html, "Weight rules out of sample, figures of a year",
            [new("Rule", Number: false), new("Return", Hint: "Compound return of a year"),
                new("Volatility", Hint: "Standard deviation of the return of a year"), new("Sharpe", Hint: "Above the risk-free rate"),
                new("Max drawdown"), new("Turnover", Hint: "Sum of the absolute changes of the weights in a year"),
                new("Strategies", Hint: "Mean number with a weight"),
                new("Difference", Hint: "Of the Sharpe ratio to that of equal weights"),
                new("Standard error", Hint: "Of the difference"), new("p-value"), new("Adjusted p-value")], "dense", sortable: true);
        foreach (var row in results.Rules)
        {
            HtmlTable.RowHead(html, row.Rule);
            HtmlTable.SignedPercent(html, row.Return, 1);
            HtmlTable.Number(html, NumberText.Percent(row.Volatility, 1));
            HtmlTable.Number(html, NumberText.Ratio(row.Sharpe));
            HtmlTable.Number(html, NumberText.Percent(row.MaxDrawdown, 1));
            HtmlTable.Number(html, NumberText.Ratio(row.Turnover));
            HtmlTable.Number(html, NumberText.Ratio(row.Holds, 1));
            HtmlTable.Number(html, row.Difference is { } difference ? NumberText.SignedRatio(difference) : "");
            HtmlTable.Number(html, row.StandardError is { } error ? NumberText.Ratio(error) : "");
            foreach (var p in (double?[])[row.PValue, row.Adjusted])
                HtmlTable.Number(html, p is { } value ? NumberText.Ratio(value, 3) : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Frontier(HtmlWriter html, AllocationRisk risk)
    {
        var lowest = risk.Frontier[0];
        var all = risk.Frontier.Select(p => (p.Risk, p.Return)).Concat(risk.Strategies.Select(s => (s.Risk, s.Return)))
            .Concat(risk.Rules.Select(r => (r.Risk, r.Return))).ToList();
        new ScatterPlot
        {
            Title = $"Efficient frontier of the past: {NumberText.Date(risk.From)} to {NumberText.Date(risk.To)}, in sample",
            Description = $"The portfolio with the smallest risk has a volatility of {NumberText.Percent(lowest.Risk, 1)} and an expected "
                + $"return of {NumberText.Percent(lowest.Return, 1)} a year.",
            Across = Scale("volatility of a year", all.Select(p => p.Risk)),
            Up = Scale("expected return of a year", all.Select(p => p.Return)),
            Lines = [new PlotPath("efficient frontier", "s1", [.. risk.Frontier.Select(p => (p.Risk, p.Return))])],
            Clouds = [new PlotCloud("strategies", "s3", [.. risk.Strategies.Select(s => (s.Risk, s.Return))])],
            Named = [.. risk.Rules.Select(r => new PlotPoint(r.Name, r.Risk, r.Return))],
            NamedAre = "last weights of the rules",
            Height = 340,
        }.Write(html);
        html.Write($"<p class=\"note\">The frontier knows the returns that the last choices were made from; it shows what they looked "
            + $"like, not what comes. Covariances are shrunk by {NumberText.Percent(risk.Shrinkage, 1)} (Ledoit and Wolf 2004); portfolios are "
            + $"without short positions.</p>\n");
    }

    private static PlotScale Scale(string title, IEnumerable<double> values) =>
        new(title, ValueAxis.Around(values, 0), v => NumberText.Compact(Math.Round(v * 100, 6)) + "%");

    private static void Contributions(HtmlWriter html, AllocationRisk risk)
    {
        if (risk.Contributions.Count == 0)
        {
            html.Write($"<p class=\"note\">The last choice of <code>{risk.Rule}</code> weighted no strategy.</p>\n");
            return;
        }
        var first = risk.Contributions[0];
        var shown = Math.Min(MostBars, risk.Contributions.Count);
        new RowBarPlot
        {
            Title = $"Last weights of {risk.Rule}, and their share of the risk"
                + (shown < risk.Contributions.Count ? $": the largest {shown} of {risk.Contributions.Count}" : ""),
            Description = $"{first.Strategy} has {NumberText.Percent(first.Weight, 1)} of the money and "
                + $"{NumberText.Percent(first.Share, 1)} of the variance.",
            Series = [("weight", "b1"), ("share of the variance", "b2")],
            Rows = [.. risk.Contributions.Take(shown).Select(c => new BarGroup(c.Strategy, [c.Weight, c.Share]))],
            Format = v => NumberText.Percent(v, 1),
        }.Write(html);
    }
}
