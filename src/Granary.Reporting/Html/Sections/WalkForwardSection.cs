using System.Globalization;
using System.Text.Json;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// What was chosen window after window, how steady the parameters are, and what the choices earned afterwards. Reads the run's section
/// "walkForward".
/// </summary>
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
        html.Write($"<p>{NumberText.Count((long)SectionJson.Value(_root, "windows"))} {SectionJson.Text(_root, "mode")} windows "
            + $"of {Span("inSample")} in sample and {Span("outOfSample")} out of sample; chosen "
            + $"by {Objective(SectionJson.Text(_root, "objective"))}. ");
        html.Write($"Efficiency ratio {(double.IsFinite(efficiency) ? NumberText.Ratio(efficiency, 2) : NumberText.Undefined)}: the "
            + $"choices' yearly return out of sample over that in sample; near 1 what was chosen lasts, near 0 it was luck.</p>\n");
        InAgainstOut(html, groups.Length == 1 ? SectionJson.Text(groups[0], "group") : $"mean of {NumberText.Count(groups.Length)} groups",
            groups);
        HtmlTable.Open(html, "Choices",
            [new("Among", Number: false), new("Combinations"), new("Out of sample"),
                new("Stability", Hint: "Share of the windows that chose what the window before had chosen"), new("Windows with a gain"),
                new("Last choice", Number: false)], sortable: true);
        foreach (var group in groups)
        {
            var choices = SectionJson.Items(group, "choices").ToArray();
            HtmlTable.RowHead(html, SectionJson.Text(group, "group"));
            HtmlTable.Number(html, NumberText.Count((long)SectionJson.Value(group, "combinations")));
            HtmlTable.SignedPercent(html, SectionJson.Value(group, "outOfSampleReturn"));
            var stability = SectionJson.Value(group, "stability");
            HtmlTable.Number(html, double.IsFinite(stability) ? NumberText.Percent(stability, 0) : NumberText.Undefined);
            HtmlTable.Number(html, $"{choices.Count(c => SectionJson.Value(c, "outOfSampleReturn") > 0)} of {choices.Length}");
            HtmlTable.Text(html, Chosen(choices[^1]));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        for (var i = 0; i < Math.Min(groups.Length, MostDrawn); i++)
        {
            if (i > 0) html.Write($"<details><summary>{SectionJson.Text(groups[i], "group")}</summary>\n");
            Group(html, groups[i], SectionJson.Text(_root, "objective"));
            if (i > 0) html.Raw("</details>\n");
        }
        if (groups.Length > MostDrawn)
            html.Write($"<p class=\"note\">The first {MostDrawn} of {NumberText.Count(groups.Length)} are drawn; windows.csv has all "
                + $"choices.</p>\n");
    }

    private string Span(string name) =>
        SectionJson.Text(_root, name) is { Length: > 0 } span ? span
            : $"{SectionJson.Value(_root, name + "Days").ToString("0.#", CultureInfo.InvariantCulture)} days";

    // Returns a year of each window, of what was chosen: where it was chosen, and where it was then traded.
    private static void InAgainstOut(HtmlWriter html, string of, JsonElement[] groups)
    {
        var windows = groups.SelectMany(g => SectionJson.Items(g, "choices")).GroupBy(c => Ticks(c, "chosenAt")).OrderBy(w => w.Key)
            .Select(w => new BarGroup(NumberText.Date(w.Key),
            [
                Mean(w.Select(c => Yearly(SectionJson.Value(c, "inSampleReturn"), Ticks(c, "from"), Ticks(c, "chosenAt")))),
                Mean(w.Select(c => Yearly(SectionJson.Value(c, "outOfSampleReturn"), Ticks(c, "chosenAt"), Ticks(c, "to")))),
            ])).ToArray();
        if (windows.Length < 2) return;
        new GroupedBarPlot
        {
            Title = $"In sample against out of sample, {of}",
            Description = $"Return a year by window: {NumberText.SignedPercent(Mean(windows.Select(w => w.Values[0])))} in sample on "
                + $"average, {NumberText.SignedPercent(Mean(windows.Select(w => w.Values[1])))} out of sample. Where nothing was chosen "
                + $"there is no bar in sample.",
            Series = [("in sample", "b2"), ("out of sample", "b1")],
            Groups = windows,
            Format = v => TimePlot.Text(v, PlotUnit.Percent),
            Up = "return, percent a year",
            Across = "Window, by the day of its choice",
        }.Write(html);
    }

    private static double Yearly(double value, long from, long to) =>
        to > from && value > -1 ? Math.Pow(1 + value, 365.25 * TimeSpan.TicksPerDay / (to - from)) - 1 : value;

    private static double Mean(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private static void Group(HtmlWriter html, JsonElement group, string objective)
    {
        var name = SectionJson.Text(group, "group");
        var choices = SectionJson.Items(group, "choices").ToArray();
        // Each parameter as steps: the value of a window from its choice to the next.
        var parameters = choices.SelectMany(c => c.TryGetProperty("params", out var p)
            ? p.EnumerateObject().Where(v => v.Value.ValueKind == JsonValueKind.Number).Select(v => v.Name) : []).Distinct().ToArray();
        Compare(html, name, choices, objective);
        var constant = new List<string>();
        foreach (var parameter in parameters)
        {
            var (times, values) = Steps(choices, c => c.TryGetProperty("params", out var p) ? SectionJson.Value(p, parameter) : double.NaN);
            var known = values.Where(double.IsFinite).Distinct().ToArray();
            // A line that cannot move shows nothing.
            if (known.Length < 2)
            {
                if (known.Length == 1) constant.Add($"{parameter} {NumberText.Compact(known[0])}");
                continue;
            }
            new TimePlot
            {
                Title = $"Parameters chosen by window: {parameter} of {name}",
                Description = $"{parameter} lay between {NumberText.Compact(known.Min())} and {NumberText.Compact(known.Max())}; a flat "
                    + $"line is a choice that lasts, jumps are a choice by luck.",
                Lines = [new PlotLine(parameter, "s1", times, values)],
                Unit = PlotUnit.Ratio,
                Up = parameter,
                Height = 110,
                Ticks = 3,
            }.Write(html);
        }
        if (constant.Count > 0) html.Write($"<p class=\"note\">The same in all windows: {string.Join(", ", constant)}.</p>\n");
        HtmlTable.Open(html, $"{name}, window after window",
            [new("Traded from", Number: false), new("to", Number: false), new("Choice", Number: false), new("Objective in sample"),
                new("Objective out of sample"), new("Return in sample"), new("Return out of sample"), new("Trades out of sample")]);
        foreach (var choice in choices)
        {
            HtmlTable.RowHead(html, SectionJson.Text(choice, "chosenAt")[..10]);
            HtmlTable.Text(html, SectionJson.Text(choice, "to")[..10]);
            HtmlTable.Text(html, Chosen(choice));
            Ratio(html, SectionJson.Value(choice, "objective"));
            Ratio(html, SectionJson.Value(choice, "outOfSampleObjective"));
            Signed(html, SectionJson.Value(choice, "inSampleReturn"));
            Signed(html, SectionJson.Value(choice, "outOfSampleReturn"));
            HtmlTable.Number(html, NumberText.Count((long)SectionJson.Value(choice, "trades")));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    // What was chosen by, before and after the choice.
    private static void Compare(HtmlWriter html, string name, JsonElement[] choices, string objective)
    {
        var (times, before) = Steps(choices, c => SectionJson.Value(c, "objective"));
        var (_, after) = Steps(choices, c => SectionJson.Value(c, "outOfSampleObjective"));
        if (!after.Any(double.IsFinite)) return;
        var both = choices.Select(c => (In: SectionJson.Value(c, "objective"), Out: SectionJson.Value(c, "outOfSampleObjective")))
            .Where(c => double.IsFinite(c.In) && double.IsFinite(c.Out)).ToArray();
        new TimePlot
        {
            Title = $"In sample against out of sample: {Objective(objective)} of {name}",
            Description = both.Length == 0 ? "No window has both."
                : $"On average {NumberText.Ratio(both.Average(c => c.In), 2)} in sample "
                    + $"and {NumberText.Ratio(both.Average(c => c.Out), 2)} out of sample "
                    + $"over {both.Length} windows; the difference is how much of it was luck.",
            Lines = [new PlotLine("in sample", "s2", times, before), new PlotLine("out of sample", "s1", times, after)],
            Unit = PlotUnit.Ratio,
            Up = Objective(objective),
            Height = 140,
            Ticks = 3,
        }.Write(html);
    }

    // A value of each window as steps, from its choice to the next.
    private static (long[] Times, double[] Values) Steps(JsonElement[] choices, Func<JsonElement, double> valueOf)
    {
        var (times, values) = (new List<long>(), new List<double>());
        foreach (var choice in choices)
        {
            var value = valueOf(choice);
            times.AddRange([Ticks(choice, "chosenAt"), Ticks(choice, "to") - 1]);
            values.AddRange([value, value]);
        }
        return ([.. times], [.. values]);
    }

    // A minus stands before what is to be small.
    private static string Objective(string key) => MetricText.Name(key.TrimStart('-'));

    private static void Ratio(HtmlWriter html, double value) =>
        HtmlTable.Number(html, double.IsFinite(value) ? NumberText.Ratio(value, 3) : NumberText.Undefined);

    // The parameters: class and market stand above the table already.
    private static string Chosen(JsonElement choice)
    {
        if (SectionJson.Text(choice, "strategy") is not { Length: > 0 } strategy) return "none";
        return choice.TryGetProperty("params", out var p) && p.EnumerateObject().Any()
            ? string.Join(", ", p.EnumerateObject().Select(v => $"{v.Name}\u00a0{v.Value}")) : strategy;
    }

    private static void Signed(HtmlWriter html, double value)
    {
        if (double.IsFinite(value)) HtmlTable.SignedPercent(html, value);
        else HtmlTable.Number(html, NumberText.Undefined);
    }

    private static long Ticks(JsonElement choice, string name) => choice.GetProperty(name).GetDateTime().Ticks;
}
