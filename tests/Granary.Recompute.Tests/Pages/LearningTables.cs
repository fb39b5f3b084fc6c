using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// What the models of a run did, beside learning.json, whose numbers <see cref="Figures.LearningCheck"/> recomputes.
/// </summary>
internal static class LearningTables
{
    private const int MostUnits = 12, MostFeatures = 15, MostLines = 4;

    public static void Check(PageCheck check, RunFigures run)
    {
        var root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Files.Folder, "learning.json"))).RootElement;
        var units = root.GetProperty("units").EnumerateArray().ToList();
        check.List("Models", units.ConvertAll(u => Measured(Measured(new JsonRecord(u), u, "outOfSample"), u, "inSample")));
        Curve(check, "All judged strategies", root);
        foreach (var unit in units.Where(u => Text(u, "error").Length == 0).Take(MostUnits)) Unit(check, unit);
    }

    private static void Unit(PageCheck check, JsonElement unit)
    {
        var name = $"{Text(unit, "section")} · {Text(unit, "data")}";
        Curve(check, name, unit);
        check.List("Trades that the model judged", JsonRecord.List(unit, "strategies"), name);
        check.List("Walk-forward windows", JsonRecord.List(unit, "windows"), name);
        check.List("Calibration", JsonRecord.List(unit, "calibration"), name);
        LossChanges(check, unit, name);
        check.Sentences.Listed($"In the registry: .*|{System.Text.RegularExpressions.Regex.Escape(name)}", "the model's name");
        if (Items(unit, "importance").Count > MostFeatures)
            check.Sentences.Says($"Features, the first {MostFeatures} of {{}}", Items(unit, "importance").Count);
        check.List("Features", [.. JsonRecord.List(unit, "importance").Take(MostFeatures)], name);
        foreach (var limit in Items(unit, "limits"))
            check.Sentences.Listed(System.Text.RegularExpressions.Regex.Escape(limit.GetString()!), "LearningCheck recomputes it");
        var windows = Items(unit, "windows");
        if (windows.Count > 1)
            check.Chart($"{name}: importance of features by window", Items(unit, "importance").Take(MostLines).Select(f => Text(f,
                "feature"))
                .ToDictionary(f => f, f => (IReadOnlyDictionary<DateTime, double>)windows.ToDictionary(
                    w => w.GetProperty("testTo").GetDateTime().ToUniversalTime(), w => Value(w.GetProperty("importance"), f))));
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
        check.List("Changes of the mean squared error", JsonRecord.List(unit, "lossChanges"), name);
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

    // The figure that models are compared by: the AUC of a classifier, the R² of others.
    private static JsonRecord Measured(JsonRecord record, JsonElement unit, string key)
    {
        if (!unit.TryGetProperty(key, out var figures)) return record;
        return record.With(key + ".shown", figures.TryGetProperty("auc", out var auc) ? auc : figures.GetProperty("r2"));
    }

    private static List<JsonElement> Items(JsonElement owner, string key) => owner.TryGetProperty(key, out var list)
        && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement owner, string key) => owner.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double Value(JsonElement owner, string key) => owner.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
