using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Profit by condition, and the conditions that were also profitable on later trades.</summary>
internal sealed class ConditionSection(ConditionResults conditions) : IReportSection<RunView>
{
    private static readonly JsonSerializerOptions s_indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Id => "conditions";

    public string Title => "Profit by condition";

    public bool Applies(RunView view) => conditions.Strategies.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Raw("<p class=\"lead\">Closed trades of strategies in their own accounts. Returns are net, on the notional at entry; the "
            + "interval of their mean is that of Student's t for 95 % and takes trades as independent. Hours and weekdays are UTC. "
            + "Volatility is low or high where that of 20 bars is more than 20 % below or above that of 100 bars.</p>\n");
        Conclusion(html);
        Tests(html);
        foreach (var (i, strategy) in conditions.Strategies.Index())
        {
            html.Write($"<details{(i == 0 ? " open" : "")}><summary>{strategy.Strategy}</summary>\n");
            Rows(html, strategy);
            html.Raw("</details>\n");
        }
        html.Raw("<p class=\"note\">conditions.csv has all strategies whose trades the run lists.</p>\n");
    }

    private void Conclusion(HtmlWriter html)
    {
        var c = conditions;
        if (c.Tried == 0)
        {
            html.Raw("<p>No condition has ten closed trades in the first part of the record, so none is tested.</p>\n");
            return;
        }
        html.Write($"<p>{Counted.Of(c.Tried, "condition")} {(c.Tried == 1 ? "was" : "were")} tried on trades that were closed by "
            + $"{NumberText.Time(c.Split)}. {(c.Chosen == 0 ? "None" : NumberText.Count(c.Chosen))} earned there at a level of 5 % that is "
            + $"corrected for their number (Holm).");
        if (c.Chosen > 0)
            html.Write($" {(c.Held == 0 ? "None" : NumberText.Count(c.Held))} of {(c.Chosen == 1 ? "it" : "them")} earned again on trades "
                + $"that were entered later, corrected for the number chosen (Bonferroni).");
        html.Raw("</p>\n");
        if (c.Suggestion is not { } suggestion) return;
        var text = JsonNode.Parse(suggestion)!.ToJsonString(s_indented);
        html.Write($"<p>To weigh strategies by these states, put this into the batch:</p>\n<pre class=\"batch\" tabindex=\"0\" "
            + $"aria-label=\"Sections of a batch\"><code>{text}</code></pre>\n");
    }

    private void Tests(HtmlWriter html)
    {
        if (conditions.Tests.Count == 0) return;
        HtmlTable.Open(html, conditions.Tests.Count < conditions.Tried
            ? $"The {conditions.Tests.Count} conditions with the smallest p-values"
                : "Conditions by p-value",
            [new("Strategy", Number: false), new("Condition", Number: false), new("Trades", Hint: "Closed before the split"),
                new("Mean return"), new("p", Hint: "Corrected for the number of conditions (Holm)"),
                new("Later trades"), new("Later mean"), new("Later from", Minor: true, Hint: "95 % interval of the later mean"),
                new("Later to", Minor: true), new("Outcome", Number: false)]);
        foreach (var t in conditions.Tests)
        {
            HtmlTable.RowHead(html, t.Strategy);
            HtmlTable.Text(html, $"{t.Condition}: {t.Value}");
            HtmlTable.Number(html, NumberText.Count(t.First));
            HtmlTable.SignedPercent(html, t.FirstMean, 3);
            HtmlTable.Number(html, NumberText.Ratio(t.Adjusted, 4));
            HtmlTable.Number(html, NumberText.Count(t.Later));
            Mean(html, t.LaterMean);
            Mean(html, t.LaterLow, minor: true);
            Mean(html, t.LaterHigh, minor: true);
            HtmlTable.Text(html, t.Outcome);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Rows(HtmlWriter html, StrategyConditions strategy)
    {
        HtmlTable.Open(html, $"Closed trades by condition: {strategy.Strategy}",
            [new("Condition", Number: false), new("Trades"), new("Won", Minor: true), new("Mean return"),
                new("From", Hint: "95 % interval of the mean return"), new("To"), new("Net profit")], "narrow");
        foreach (var r in strategy.Rows)
        {
            HtmlTable.RowHead(html, $"{r.Condition}: {r.Value}");
            HtmlTable.Number(html, NumberText.Count(r.Trades));
            HtmlTable.Number(html, NumberText.Percent(r.WinRate, 1), minor: true);
            Mean(html, r.MeanReturn);
            Mean(html, r.Low);
            Mean(html, r.High);
            HtmlTable.SignedMoney(html, r.Profit);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Mean(HtmlWriter html, double mean, bool minor = false)
    {
        if (double.IsFinite(mean)) HtmlTable.SignedPercent(html, mean, 3, minor);
        else HtmlTable.Number(html, NumberText.Undefined, minor: minor);
    }
}
