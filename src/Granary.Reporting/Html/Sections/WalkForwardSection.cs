using System.Globalization;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Choices of a walk-forward in each window, stability of the parameters, and out-of-sample results of the choices.</summary>
internal sealed class WalkForwardSection(WalkForwardResults results) : IReportSection<RunView>
{
    private const int MostDrawn = 12;

    public string Id => "walk-forward";

    public string Title => "Walk-forward choices";

    public bool Applies(RunView view) => results.Groups.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var (groups, efficiency) = (results.Groups, results.EfficiencyRatio);
        html.Write($"<p>{Counted.Of(results.Windows, results.Mode + " window")} "
            + $"of {Span(results.InSample, results.InSampleDays)} in sample "
            + $"and {Span(results.OutOfSample, results.OutOfSampleDays)} out of sample"
            + $"{(results.Gap is { } gap ? $", with a gap of {gap} between the two" : "")}; "
            + $"chosen by {ObjectiveText.Name(results.Objective)}. ");
        html.Write($"Efficiency ratio {(double.IsFinite(efficiency) ? NumberText.Ratio(efficiency, 2) : NumberText.Undefined)}: the "
            + $"choices' yearly return out of sample over that in sample; near 1 what was chosen lasts, near 0 it was luck.</p>\n");
        InAgainstOut(html, groups.Count == 1 ? groups[0].Group : $"mean of {Counted.Of(groups.Count, "group")}",
            groups);
        HtmlTable.Open(html, "Choices",
            [new("Among", Number: false), new("Combinations"), new("Out of sample"),
                new("Stability", Hint: "Share of the windows that chose what the window before had chosen"), new("Windows with a gain"),
                new("Last choice", Number: false)], sortable: true);
        foreach (var group in groups)
        {
            var choices = group.Choices;
            HtmlTable.RowHead(html, group.Group);
            HtmlTable.Number(html, NumberText.Count(group.Combinations));
            HtmlTable.SignedPercent(html, group.OutOfSampleReturn);
            HtmlTable.Number(html, double.IsFinite(group.Stability) ? NumberText.Percent(group.Stability, 0) : NumberText.Undefined);
            HtmlTable.Number(html, $"{choices.Count(c => c.OutOfSampleReturn > 0)} of {choices.Count}");
            HtmlTable.Text(html, Chosen(choices[^1]));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        for (var i = 0; i < Math.Min(groups.Count, MostDrawn); i++)
        {
            if (i > 0) html.Write($"<details><summary>{groups[i].Group}</summary>\n");
            Group(html, groups[i], results.Objective);
            if (i > 0) html.Raw("</details>\n");
        }
        if (groups.Count > MostDrawn)
            html.Write($"<p class=\"note\">The first {MostDrawn} of {NumberText.Count(groups.Count)} are drawn; windows.csv has all "
                + $"choices.</p>\n");
    }

    private static string Span(string span, double days) =>
        span.Length > 0 ? span : $"{days.ToString("0.#", CultureInfo.InvariantCulture)} days";

    // The annual return of each window's selection, in sample and out of sample.
    private static void InAgainstOut(HtmlWriter html, string of, IReadOnlyList<WalkForwardGroup> groups)
    {
        var windows = groups.SelectMany(g => g.Choices).GroupBy(c => c.ChosenAt).OrderBy(w => w.Key)
            .Select(w => new BarGroup(NumberText.Date(w.Key),
            [
                Mean(w.Select(c => Yearly(c.InSampleReturn, c.From, c.ChosenAt))),
                Mean(w.Select(c => Yearly(c.OutOfSampleReturn, c.ChosenAt, c.To))),
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

    private static void Group(HtmlWriter html, WalkForwardGroup group, string objective)
    {
        var (name, choices) = (group.Group, group.Choices);
        // Each parameter as a step line, from one window's selection to the next.
        var parameters = choices.SelectMany(c => c.Params?.Where(p => p.Value is double).Select(p => p.Key) ?? []).Distinct();
        Compare(html, name, choices, objective);
        var constant = new List<string>();
        foreach (var parameter in parameters)
        {
            var (times, values) = Steps(choices, c => c.Params?.GetValueOrDefault(parameter) as double? ?? double.NaN);
            var known = values.Where(double.IsFinite).Distinct().ToArray();
            // A constant line is omitted.
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
            HtmlTable.RowHead(html, RunText.Time(choice.ChosenAt)[..10]);
            HtmlTable.Text(html, RunText.Time(choice.To)[..10]);
            HtmlTable.Text(html, Chosen(choice));
            Ratio(html, choice.Objective);
            Ratio(html, choice.OutOfSampleObjective);
            Signed(html, choice.InSampleReturn);
            Signed(html, choice.OutOfSampleReturn);
            HtmlTable.Number(html, NumberText.Count(choice.Trades));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    // Objective of the choices, before and after each choice.
    private static void Compare(HtmlWriter html, string name, IReadOnlyList<WalkForwardChoice> choices, string objective)
    {
        var (times, before) = Steps(choices, c => c.Objective);
        var (_, after) = Steps(choices, c => c.OutOfSampleObjective);
        if (!after.Any(double.IsFinite)) return;
        var both = choices.Select(c => (In: c.Objective, Out: c.OutOfSampleObjective))
            .Where(c => double.IsFinite(c.In) && double.IsFinite(c.Out)).ToArray();
        new TimePlot
        {
            Title = $"In sample against out of sample: {ObjectiveText.Name(objective)} of {name}",
            Description = both.Length == 0 ? "No window has both."
                : $"On average {NumberText.Ratio(both.Average(c => c.In), 2)} in sample "
                    + $"and {NumberText.Ratio(both.Average(c => c.Out), 2)} out of sample "
                    + $"over {Counted.Of(both.Length, "window")}; the difference is how much of it was luck.",
            Lines = [new PlotLine("in sample", "s2", times, before), new PlotLine("out of sample", "s1", times, after)],
            Unit = PlotUnit.Ratio,
            Up = ObjectiveText.Name(objective),
            Height = 140,
            Ticks = 3,
        }.Write(html);
    }

    // A value of each window as a step line, from its selection to the next.
    private static (long[] Times, double[] Values) Steps(IReadOnlyList<WalkForwardChoice> choices,
        Func<WalkForwardChoice, double> valueOf)
    {
        var (times, values) = (new List<long>(), new List<double>());
        foreach (var choice in choices)
        {
            var value = valueOf(choice);
            times.AddRange([choice.ChosenAt, choice.To - 1]);
            values.AddRange([value, value]);
        }
        return ([.. times], [.. values]);
    }

    private static void Ratio(HtmlWriter html, double value) =>
        HtmlTable.Number(html, double.IsFinite(value) ? NumberText.Ratio(value, 3) : NumberText.Undefined);

    // Only the parameters: the table's heading has class and market.
    private static string Chosen(WalkForwardChoice choice) => choice.Strategy is not { } strategy ? "none"
        : choice.Params is { Count: > 0 } parameters
            ? string.Join(", ", parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}\u00a0{p.Value}")))
            : strategy;

    private static void Signed(HtmlWriter html, double value)
    {
        if (double.IsFinite(value)) HtmlTable.SignedPercent(html, value);
        else HtmlTable.Number(html, NumberText.Undefined);
    }
}
