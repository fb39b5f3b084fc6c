using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// What the models of a run did, compared with learning.json, whose numbers <see cref="Figures.LearningCheck"/> recomputes.
/// </summary>
internal static class LearningTables
{
    private const int MostUnits = 12, MostFeatures = 15, MostLines = 4;

    public static void Check(PageCheck check, RunFigures run)
    {
        var root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Files.Folder, "learning.json"))).RootElement;
        var units = root.GetProperty("units").EnumerateArray().ToList();
        check.Table("Models", [.. units.Select(u => new Cells
        {
            ["Model"] = $"{Text(u, "section")} {Text(u, "data")}",
            ["Trainer"] = Text(u, "trainer"),
            ["Label"] = Text(u, "label"),
            ["Applied as"] = Text(u, "rule"),
            ["Samples"] = Value(u, "samples"),
            ["Windows"] = Items(u, "windows").Count,
            ["Out of sample"] = Measure(u, "outOfSample"),
            ["In sample"] = Measure(u, "inSample"),
            ["Train–test gap"] = Value(u, "trainTestGap"),
        })]);
        Curve(check, "All judged strategies", root);
        foreach (var unit in units.Where(u => Text(u, "error").Length == 0).Take(MostUnits)) Unit(check, unit);
    }

    private static void Unit(PageCheck check, JsonElement unit)
    {
        var name = $"{Text(unit, "section")} · {Text(unit, "data")}";
        Curve(check, name, unit);
        check.Table("Trades that the model judged", [.. Items(unit, "strategies").Select(e => new Cells
        {
            ["Strategy"] = Text(e, "strategy"),
            ["Trades"] = Value(e, "trades"),
            ["Taken"] = Value(e, "taken"),
            ["Without"] = Value(e, "returnWithout"),
            ["With"] = Value(e, "returnWith"),
            ["Wins without"] = Value(e, "winRateWithout"),
            ["Wins with"] = Value(e, "winRateWith"),
        })], name);
        check.Table("Walk-forward windows", [.. Items(unit, "windows").Select(w => new Cells
        {
            ["Tested"] = $"{Day(w, "testFrom")} to {Day(w, "testTo")}",
            ["Trained on"] = $"{Day(w, "trainFrom")} to {Day(w, "trainTo")}",
            ["Training samples"] = Value(w, "trainSamples"),
            ["Test samples"] = Value(w, "testSamples"),
            ["Out of sample"] = Measure(w, "outOfSample"),
            ["In sample"] = Measure(w, "inSample"),
        })], name);
        check.Table("Calibration", [.. Items(unit, "calibration").Select(b => new Cells
        {
            ["Probability"] = $"{100 * Value(b, "from"):0}% to {100 * Value(b, "to"):0}%",
            ["Samples"] = Value(b, "count"),
            ["Mean given"] = Value(b, "predicted"),
            ["Came"] = Value(b, "observed"),
        })], name);
        LossChanges(check, unit, name);
        check.Sentences.Listed($"In the registry: .*|{System.Text.RegularExpressions.Regex.Escape(name)}", "the model's name");
        if (Items(unit, "importance").Count > MostFeatures)
            check.Sentences.Says($"Features, the first {MostFeatures} of {{}}", Items(unit, "importance").Count);
        check.Table("Features", [.. Items(unit, "importance").Take(MostFeatures).Select(f => new Cells
        {
            ["Feature"] = Text(f, "feature"),
            ["Permutation"] = Value(f, "permutation"),
            ["Gain"] = Value(f, "gain"),
        })], name);
        foreach (var limit in Items(unit, "limits"))
            check.Sentences.Listed(System.Text.RegularExpressions.Regex.Escape(limit.GetString()!), "LearningCheck recomputes it");
        var windows = Items(unit, "windows");
        if (windows.Count > 1)
            check.Chart($"{name}: importance of features by window", Items(unit, "importance").Take(MostLines).Select(f => Text(f,
                "feature"))
                .ToDictionary(f => f, f => (IReadOnlyDictionary<DateTime, double>)windows.ToDictionary(
                    w => w.GetProperty("testTo").GetDateTime().ToUniversalTime(), w => Value(w.GetProperty("importance"), f))));
        Sums(check, unit, name);
    }

    private static void LossChanges(PageCheck check, JsonElement unit, string name)
    {
        var (watched, changes) = (Value(unit, "watched"), Items(unit, "lossChanges"));
        if (changes.Count == 0)
        {
            if (watched > 0) check.Sentences.Says("The mean squared error did not change in {} predictions without overlap (ADWIN).",
                watched);
            return;
        }
        check.Sentences.Says("Changes of the mean squared error in {} predictions without overlap (ADWIN)", watched);
        check.Table("Changes of the mean squared error", [.. changes.Select(c => new Cells
        {
            ["Noticed"] = Day(c, "noticed"),
            ["Since"] = Day(c, "since"),
            ["Before"] = Value(c, "before"),
            ["After"] = Value(c, "after"),
        })], name);
    }

    // Samples of the windows, of the bins and of the strategies add up to those of the model.
    private static void Sums(PageCheck check, JsonElement unit, string name)
    {
        var tested = Items(unit, "windows").Sum(w => Value(w, "testSamples"));
        check.Number($"{name}, samples out of sample", Value(unit.GetProperty("outOfSample"), "samples").ToString(), tested);
        if (Items(unit, "calibration") is { Count: > 0 } bins) check.Number($"{name}, samples of the bins",
            bins.Sum(b => Value(b, "count")).ToString(), tested);
        if (Items(unit, "equity") is not { Count: > 0 } equity) return;
        var strategies = Items(unit, "strategies");
        Close(check, $"{name}, last point without", Value(equity[^1], "without"), strategies.Sum(s => Value(s, "returnWithout")));
        Close(check, $"{name}, last point with", Value(equity[^1], "with"), strategies.Sum(s => Value(s, "returnWith")));
    }

    private static void Close(PageCheck check, string where, double shown, double expected)
    {
        if (Math.Abs(shown - expected) > 1e-9) check.Number(where, shown.ToString(), expected);
    }

    private static void Curve(PageCheck check, string of, JsonElement owner)
    {
        var points = Items(owner, "equity");
        if (points.Count < 2) return;
        // Several trades may close at one time; the last sum stands for all.
        Dictionary<string, IReadOnlyDictionary<DateTime, double>> Lines(Func<IEnumerable<JsonElement>, JsonElement> last) =>
            new[] { ("with the model", "with"), ("without", "without") }.ToDictionary(
            l => l.Item1, l => (IReadOnlyDictionary<DateTime, double>)points.GroupBy(p =>
                p.GetProperty("time").GetDateTime().ToUniversalTime()).ToDictionary(g => g.Key, g => Value(last(g), l.Item2)));
        check.Chart($"{of}: summed returns", Lines(g => g.Last()));
        check.Sentences.Says("With the model {}, without {}, each trade by its return on notional net of commission.",
            Value(points[^1], "with"), Value(points[^1], "without"));
    }

    private static List<JsonElement> Items(JsonElement owner, string key) => owner.TryGetProperty(key, out var list)
        && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement owner, string key) => owner.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double Value(JsonElement owner, string key) => owner.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;

    private static string Day(JsonElement owner, string key) => owner.GetProperty(key).GetDateTime().ToUniversalTime()
        .ToString("yyyy-MM-dd");

    // "AUC 0.531" or "R² 0.020": the figure that models are compared by.
    private static Cell Measure(JsonElement owner, string key)
    {
        if (!owner.TryGetProperty(key, out var figures)) return "–";
        var (auc, r2) = (Value(figures, "auc"), Value(figures, "r2"));
        return !double.IsNaN(auc) ? $"AUC {auc:0.000}" : !double.IsNaN(r2) ? $"R² {(r2 < 0 ? "−" : "")}{Math.Abs(r2):0.000}" : "–";
    }
}
