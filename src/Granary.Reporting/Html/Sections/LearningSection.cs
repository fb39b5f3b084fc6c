using System.Globalization;
using System.Text.Json;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// What the models of a run did, all out of sample: trades with and without them, the windows that they were trained on, whether their
/// probabilities come true, which features they need, and how far what they remember is from what they know. Reads the run's section
/// "learning".
/// </summary>
internal sealed class LearningSection(string json) : IReportSection<RunView>
{
    public const string Name = "learning";

    // A page is read by people: of hundreds of models the first are drawn, learning.json has them all.
    private const int MostDrawn = 12, MostFeatures = 15;

    // As the style sheet has it.
    private const int MostPrinted = 3;

    private readonly JsonElement _root = Parsed(json);

    public string Id => "learning";

    public string Title => "Models out of sample";

    public bool Applies(RunView view) =>
        _root.ValueKind == JsonValueKind.Object && _root.TryGetProperty("units", out var units) && units.GetArrayLength() > 0;

    private static JsonElement Parsed(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    public void Write(HtmlWriter html, RunView view)
    {
        var problems = Items(_root, "problems").Select(p => p.GetString() ?? "").ToArray();
        if (problems.Length > 0)
        {
            html.Raw("<ul class=\"loss\">");
            foreach (var problem in problems.Take(50)) html.Write($"<li><strong>{problem}</strong></li>");
            if (problems.Length > 50) html.Write($"<li>and {NumberText.Count(problems.Length - 50)} more, in learning.json</li>");
            html.Raw("</ul>\n");
        }
        Curve(html, _root, "All judged strategies");
        var units = Items(_root, "units").ToArray();
        Overview(html, units);
        if (units.Length > MostPrinted) html.Write($"<p class=\"note onlyprint\">Printed are the first {MostPrinted} models.</p>\n");
        foreach (var unit in units.Where(u => Text(u, "error").Length == 0).Take(MostDrawn)) Unit(html, unit);
        if (units.Length > MostDrawn) html.Write($"<p class=\"note\">The "
            + $"first {MostDrawn} models are drawn; learning.json has all {NumberText.Count(units.Length)}.</p>\n");
    }

    private static void Overview(HtmlWriter html, JsonElement[] units)
    {
        HtmlTable.Open(html, "Models", [new("Model", Number: false), new("Trainer", Number: false),
            new("Label", Number: false), new("Applied as", Number: false),
            new("Samples"), new("Windows"), new("Out of sample"), new("In sample"),
            new("Train–test gap", Hint: "In sample, mean of the windows, minus out of sample: how much of it is memory")], sortable: true);
        foreach (var unit in units)
        {
            html.Write($"<tr><th scope=\"row\" class=\"model\"><b>{Section(unit)}</b><span>");
            html.Name(Text(unit, "data"));
            html.Raw("</span></th>");
            foreach (var field in new[] { "trainer", "label", "rule" }) HtmlTable.Text(html, Text(unit, field));
            HtmlTable.Number(html, NumberText.Count((long)Value(unit, "samples")));
            HtmlTable.Number(html, NumberText.Count(Items(unit, "windows").Count()));
            HtmlTable.Number(html, Figure(unit, "outOfSample"));
            HtmlTable.Number(html, Figure(unit, "inSample"));
            var gap = Value(unit, "trainTestGap");
            HtmlTable.Number(html, double.IsNaN(gap) ? NumberText.Undefined : NumberText.Ratio(gap, 3), gap > 0.1 ? "loss" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Unit(HtmlWriter html, JsonElement unit)
    {
        Head(html, unit);
        Curve(html, unit, $"{Section(unit)} · {Text(unit, "data")}");
        var effects = Items(unit, "strategies").ToArray();
        if (effects.Length > 0)
        {
            HtmlTable.Open(html, "Trades that the model judged, summed returns on notional",
                [new("Strategy", Number: false), new("Trades"), new("Taken"), new("Without"), new("With"), new("Wins without"),
                    new("Wins with")], sortable: true);
            foreach (var e in effects.Take(200))
            {
                HtmlTable.RowHead(html, Text(e, "strategy"));
                HtmlTable.Number(html, NumberText.Count((long)Value(e, "trades")));
                HtmlTable.Number(html, NumberText.Count((long)Value(e, "taken")));
                HtmlTable.SignedPercent(html, Value(e, "returnWithout"));
                HtmlTable.SignedPercent(html, Value(e, "returnWith"));
                HtmlTable.Number(html, NumberText.Percent(Value(e, "winRateWithout"), 1));
                HtmlTable.Number(html, NumberText.Percent(Value(e, "winRateWith"), 1));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        HtmlTable.Open(html, "Walk-forward windows",
            [new("Tested", Number: false), new("Trained on", Number: false), new("Training samples"), new("Test samples"),
                new("Out of sample"), new("In sample")]);
        foreach (var w in Items(unit, "windows"))
        {
            HtmlTable.RowHead(html, $"{Day(w, "testFrom")} to {Day(w, "testTo")}");
            HtmlTable.Text(html, $"{Day(w, "trainFrom")} to {Day(w, "trainTo")}");
            HtmlTable.Number(html, NumberText.Count((long)Value(w, "trainSamples")));
            HtmlTable.Number(html, NumberText.Count((long)Value(w, "testSamples")));
            HtmlTable.Number(html, Figure(w, "outOfSample"));
            HtmlTable.Number(html, Figure(w, "inSample"));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        Calibration(html, Items(unit, "calibration").ToArray());
        var features = Items(unit, "importance").ToArray();
        if (features.Length > 0)
        {
            var gains = features.Any(f => !double.IsNaN(Value(f, "gain")));
            HtmlTable.Open(html, features.Length > MostFeatures ? $"Features, the first {MostFeatures} of {features.Length}" : "Features",
                [new("Feature", Number: false), new("Permutation", Hint: "Fall of the out-of-sample figure when the feature is shuffled"),
                    .. gains ? new[] { new HtmlColumn("Gain", Hint: "Share of the training loss that its splits took") } : []],
                    sortable: true);
            foreach (var f in features.Take(MostFeatures))
            {
                HtmlTable.RowHead(html, Text(f, "feature"));
                HtmlTable.Number(html, NumberText.SignedRatio(Value(f, "permutation"), 4));
                if (gains) HtmlTable.Number(html, NumberText.Percent(Value(f, "gain"), 1));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        html.Raw("</details>\n");
    }

    private static void Head(HtmlWriter html, JsonElement unit)
    {
        html.Write($"<details><summary>{Section(unit)} · ");
        html.Name(Text(unit, "data"));
        html.Raw("</summary>\n");
        if (Text(unit, "version") is not { Length: > 0 } version) return;
        html.Raw("<p class=\"note\">In the registry: ");
        html.Name(version);
        html.Raw("</p>\n");
    }

    // The name that the batch file gives it; the registry's name has the data and a hash in it.
    private static string Section(JsonElement unit) => Text(unit, "section") is { Length: > 0 } section ? section : Text(unit, "name");

    private static void Calibration(HtmlWriter html, JsonElement[] bins)
    {
        if (bins.Length == 0) return;
        HtmlTable.Open(html, "Calibration: what was given this probability came so often",
            [new("Probability", Number: false), new("Samples"), new("Mean given"), new("Came")]);
        foreach (var b in bins)
        {
            HtmlTable.RowHead(html, $"{NumberText.Percent(Value(b, "from"), 0)} to {NumberText.Percent(Value(b, "to"), 0)}");
            HtmlTable.Number(html, NumberText.Count((long)Value(b, "count")));
            HtmlTable.Number(html, NumberText.Percent(Value(b, "predicted"), 1));
            HtmlTable.Number(html, NumberText.Percent(Value(b, "observed"), 1));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Curve(HtmlWriter html, JsonElement owner, string of)
    {
        var points = Items(owner, "equity").ToArray();
        if (points.Length < 2) return;
        long[] times = [.. points.Select(p => p.GetProperty("time").GetDateTime().Ticks)];
        double[] with = [.. points.Select(p => Value(p, "with"))], without = [.. points.Select(p => Value(p, "without"))];
        new TimePlot
        {
            Title = $"{of}: summed returns of out-of-sample trades",
            Description = $"With the model {NumberText.SignedPercent(with[^1])}, without {NumberText.SignedPercent(without[^1])}, each "
                + $"trade by its return on notional net of commission.",
            Lines = [new PlotLine("with the model", "s1", times, with), new PlotLine("without", "s2", times, without)],
            Unit = PlotUnit.Percent,
            Up = "percent of notional, summed",
            Baseline = 0,
        }.Write(html);
    }

    private static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString()! : "";

    private static double Value(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : double.NaN;

    private static string Day(JsonElement owner, string name) =>
        owner.GetProperty(name).GetDateTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // "AUC 0.531" or "R² 0.02": the figure that models are compared by.
    private static string Figure(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out var figures)) return NumberText.Undefined;
        var (auc, r2) = (Value(figures, "auc"), Value(figures, "r2"));
        return !double.IsNaN(auc) ? $"AUC {NumberText.Ratio(auc, 3)}"
            : !double.IsNaN(r2) ? $"R² {NumberText.Ratio(r2, 3)}" : NumberText.Undefined;
    }
}
