using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Weights over time, as the weighting rule selected them.</summary>
internal sealed class WeightsSection(WeightResults weights) : IReportSection<RunView>
{
    // Colours h0 … h6 of the style sheet; further strategies share one.
    private const int Drawn = 7;

    public string Id => "weights";

    public string Title => "Weights over time";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Write($"<p class=\"lead\">The rule <code>{weights.Rule}</code> chose {Counted.Of(weights.Choices, "time")}");
        if (weights.EveryDays is { } every) html.Write($", every {Days(every)}, each time from "
            + $"{(weights.WindowDays is { } window ? $"the {Days(window)}" : "all bars")} before");
        html.Raw(".");
        if (weights.History.Count > 0)
            html.Write($" Before the first choice on {NumberText.Date(weights.History[0].From)} nothing trades.");
        html.Raw("</p>\n");
        Chart(html, view);
        Choices(html);
        if (weights.Risk is { } risk) Risk(html, risk);
        foreach (var choice in weights.History.Reverse()) Chosen(html, choice);
        if (weights.ByState is { Count: > 0 } states) States(html, states);
    }

    private static string Days(double days) => NumberText.Ratio(days, days == Math.Floor(days) ? 0 : 1) + (days == 1 ? " day" : " days");

    private void Chart(HtmlWriter html, RunView view)
    {
        // If many strategies were selected, the results name only the first.
        if (!view.Moves || weights.History.All(h => h.Strategies == 0)
            || weights.History.Any(h => h.Strategies > h.Chosen.Count)) return;
        // Each selection holds until the next, so its weights are drawn at its time and directly before the next.
        var end = Math.Max(view.Drawn.Times[^1], weights.History[^1].From + 1);
        var times = new List<long>();
        var held = new List<WeightStepRow>();
        for (var i = 0; i < weights.History.Count; i++)
            foreach (var time in new[] { weights.History[i].From, i + 1 < weights.History.Count ? weights.History[i + 1].From - 1 : end })
            {
                times.Add(time);
                held.Add(weights.History[i]);
            }
        var ranked = weights.History.SelectMany(h => h.Chosen).GroupBy(c => c.Strategy, StringComparer.Ordinal)
            .OrderByDescending(g => g.Sum(c => c.Weight)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        double Of(WeightStepRow choice, string strategy) => choice.Chosen.FirstOrDefault(c => c.Strategy == strategy)?.Weight ?? 0;
        var lines = ranked.Take(Drawn).Select((name, k) =>
            new PlotLine(name, $"h{k}", [.. times], [.. held.Select(h => Of(h, name))], Area: true)).ToList();
        if (ranked.Count > Drawn)
            lines.Add(new PlotLine($"{ranked.Count - Drawn} others", "h7", [.. times],
                [.. held.Select(h => ranked.Skip(Drawn).Sum(name => Of(h, name)))], Area: true));
        new TimePlot
        {
            Title = "Weight by strategy",
            Description = $"{ranked[0]} has the largest sum of weights.",
            Lines = lines,
            Stacked = true,
            Unit = PlotUnit.Ratio,
            Up = "weight",
            Height = 210,
            Baseline = 0,
            Group = "run",
            Span = new TimeAxis(Math.Min(view.Drawn.Times[0], times[0]), end),
        }.Write(html);
    }

    private void Choices(HtmlWriter html)
    {
        HtmlTable.Open(html, weights.History.Count < weights.Choices ? $"The first {weights.History.Count} choices of weights"
                : "Choices of weights",
            [new("From", Number: false), new("Strategies"), new("New", Hint: "Not chosen the time before"), new("Sum of the weights"),
                new("Largest weight")], "narrow");
        foreach (var choice in weights.History)
        {
            HtmlTable.RowHead(html, NumberText.Time(choice.From));
            HtmlTable.Number(html, NumberText.Count(choice.Strategies));
            HtmlTable.Number(html, NumberText.Count(choice.New));
            HtmlTable.Number(html, NumberText.Ratio(choice.Sum, 4));
            HtmlTable.Number(html, choice.Strategies == 0 ? NumberText.Undefined : NumberText.Ratio(choice.Largest, 4));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Risk(HtmlWriter html, WeightRisk risk)
    {
        html.Write($"<p>By the {Counted.Of(risk.Periods, "return")} of {Days(risk.PeriodDays)} before it, the last choice has a mean return ");
        html.Write($"of {NumberText.Percent(risk.Return, 3)} and a standard deviation of {NumberText.Percent(risk.Volatility, 3)}. The ");
        html.Write($"covariance is shrunk by {NumberText.Ratio(risk.Shrinkage, 4)} towards equal variances.</p>\n");
        HtmlTable.Open(html, "Risk of the last choice", [new("Strategy", Number: false), new("Weight"),
            new("Share", Hint: "Share of the portfolio's variance")], "narrow", sortable: true);
        foreach (var (strategy, weight, share) in risk.Contributions)
        {
            HtmlTable.RowHead(html, strategy);
            HtmlTable.Number(html, NumberText.Ratio(weight, 4));
            HtmlTable.Number(html, NumberText.Ratio(share, 4));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Chosen(HtmlWriter html, WeightStepRow choice)
    {
        html.Write($"<details><summary>From {NumberText.Time(choice.From)}: {Counted.Of(choice.Strategies, "strategy")}</summary>");
        // Each table has a unique caption for screen readers.
        var from = $"chosen from {NumberText.Time(choice.From)}";
        HtmlTable.Open(html, choice.Chosen.Count < choice.Strategies ? $"The first {choice.Chosen.Count} {from}" : $"Strategies {from}",
            [new("Strategy", Number: false), new("Weight")], "narrow");
        foreach (var (strategy, weight) in choice.Chosen)
        {
            HtmlTable.RowHead(html, strategy);
            HtmlTable.Number(html, NumberText.Ratio(weight, 4));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Raw("</details>\n");
    }

    private static void States(HtmlWriter html, IReadOnlyList<StateWeightRow> states)
    {
        var names = states.SelectMany(s => s.Weights.Keys).Distinct(StringComparer.Ordinal).ToList();
        List<HtmlColumn> columns = [new("Strategy", Number: false), .. names.Select(n => new HtmlColumn(n))];
        HtmlTable.Open(html, "Weight in each state of the regimes",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), sortable: true);
        foreach (var row in states)
        {
            HtmlTable.RowHead(html, row.Strategy);
            foreach (var name in names)
                HtmlTable.Number(html, row.Weights.TryGetValue(name, out var weight)
                    ? NumberText.Ratio(Convert.ToDouble(weight, System.Globalization.CultureInfo.InvariantCulture), 4)
                    : NumberText.Undefined);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
