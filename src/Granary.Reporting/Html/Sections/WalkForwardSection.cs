using System.Globalization;
using System.Text.Json;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>What was chosen window after window, how steady the parameters are, and what the choices earned afterwards. Reads the run's section "walkForward".</summary>
internal sealed class WalkForwardSection(string json) : IReportSection<RunView>
{
    public const string Name = "walkForward";

    private const int MostDrawn = 12;

    private readonly JsonElement _root = SectionJson.Parse(json);

    public string Id => "walk-forward";

    public string Title => "Walk-forward choices";

    public bool Applies(RunView view) => SectionJson.Items(_root, "groups").Any();

    public void Write(HtmlWriter html, RunView view)
    {
        var groups = SectionJson.Items(_root, "groups").ToArray();
        var efficiency = SectionJson.Value(_root, "efficiencyRatio");
        html.Write($"<p>{NumberText.Count((long)SectionJson.Value(_root, "windows"))} {SectionJson.Text(_root, "mode")} windows of {Days("inSampleDays")} days in sample and {Days("outOfSampleDays")} out of sample; chosen by {SectionJson.Text(_root, "objective")}. ");
        html.Write($"Efficiency ratio {(double.IsFinite(efficiency) ? NumberText.Ratio(efficiency, 2) : NumberText.Undefined)}: the choices' yearly return out of sample over that in sample; near 1 what was chosen lasts, near 0 it was luck.</p>\n");
        HtmlTable.Open(html, "Choices", [new("Among", Number: false), new("Combinations"), new("Out of sample"), new("Stability", Hint: "Share of the windows that chose what the window before had chosen"), new("Windows with a gain"), new("Last choice", Number: false)], sortable: true);
        foreach (var group in groups)
        {
            var choices = SectionJson.Items(group, "choices").ToArray();
            HtmlTable.RowHead(html, SectionJson.Text(group, "group"));
            HtmlTable.Number(html, NumberText.Count((long)SectionJson.Value(group, "combinations")));
            HtmlTable.SignedPercent(html, SectionJson.Value(group, "outOfSampleReturn"));
            var stability = SectionJson.Value(group, "stability");
            HtmlTable.Number(html, double.IsFinite(stability) ? NumberText.Percent(stability, 0) : NumberText.Undefined);
            HtmlTable.Number(html, $"{choices.Count(c => SectionJson.Value(c, "outOfSampleReturn") > 0)} of {choices.Length}");
            HtmlTable.Text(html, SectionJson.Text(choices[^1], "strategy"));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        for (var i = 0; i < Math.Min(groups.Length, MostDrawn); i++)
        {
            if (i > 0) html.Write($"<details><summary>{SectionJson.Text(groups[i], "group")}</summary>\n");
            Group(html, groups[i]);
            if (i > 0) html.Raw("</details>\n");
        }
        if (groups.Length > MostDrawn) html.Write($"<p class=\"note\">The first {MostDrawn} of {NumberText.Count(groups.Length)} are drawn; windows.csv has all choices.</p>\n");
    }

    private string Days(string name) => SectionJson.Value(_root, name).ToString("0.#", CultureInfo.InvariantCulture);

    private static void Group(HtmlWriter html, JsonElement group)
    {
        var name = SectionJson.Text(group, "group");
        var choices = SectionJson.Items(group, "choices").ToArray();
        // Each parameter as steps: the value of a window from its choice to the next.
        var parameters = choices.SelectMany(c => c.TryGetProperty("params", out var p) ? p.EnumerateObject().Where(v => v.Value.ValueKind == JsonValueKind.Number).Select(v => v.Name) : []).Distinct().ToArray();
        foreach (var parameter in parameters)
        {
            var (times, values) = (new List<long>(), new List<double>());
            foreach (var choice in choices)
            {
                var value = choice.TryGetProperty("params", out var p) ? SectionJson.Value(p, parameter) : double.NaN;
                times.AddRange([Ticks(choice, "chosenAt"), Ticks(choice, "to") - 1]);
                values.AddRange([value, value]);
            }
            var known = values.Where(double.IsFinite).ToArray();
            new TimePlot
            {
                Title = $"Parameters chosen by window: {parameter} of {name}",
                Description = known.Length == 0 ? "Nothing could be chosen." : $"{parameter} lay between {NumberText.Compact(known.Min())} and {NumberText.Compact(known.Max())}; a flat line is a choice that lasts, jumps are a choice by luck.",
                Lines = [new PlotLine(parameter, "s1", [.. times], [.. values])],
                Unit = PlotUnit.Ratio,
                Height = 110,
                Ticks = 3,
            }.Write(html);
        }
        HtmlTable.Open(html, $"{name}, window after window", [new("Traded from", Number: false), new("to", Number: false), new("Choice", Number: false), new("Objective"), new("In sample"), new("Out of sample"), new("Trades")]);
        foreach (var choice in choices)
        {
            HtmlTable.RowHead(html, SectionJson.Text(choice, "chosenAt")[..10]);
            HtmlTable.Text(html, SectionJson.Text(choice, "to")[..10]);
            HtmlTable.Text(html, SectionJson.Text(choice, "strategy") is { Length: > 0 } strategy ? strategy : "none");
            var objective = SectionJson.Value(choice, "objective");
            HtmlTable.Number(html, double.IsFinite(objective) ? NumberText.Ratio(objective, 3) : NumberText.Undefined);
            Signed(html, SectionJson.Value(choice, "inSampleReturn"));
            Signed(html, SectionJson.Value(choice, "outOfSampleReturn"));
            HtmlTable.Number(html, NumberText.Count((long)SectionJson.Value(choice, "trades")));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Signed(HtmlWriter html, double value)
    {
        if (double.IsFinite(value)) HtmlTable.SignedPercent(html, value);
        else HtmlTable.Number(html, NumberText.Undefined);
    }

    private static long Ticks(JsonElement choice, string name) => choice.GetProperty(name).GetDateTime().Ticks;
}
