using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What a walk-forward chose window after window: windows.csv and the page beside it, and sums over the windows.</summary>
internal static class WalkForwardTables
{
    /// <param name="combinations">Of each group.</param>
    public static void Check(PageCheck check, RunFigures run, int combinations)
    {
        var root = run.Files.Results.GetProperty("walkForward");
        var groups = root.GetProperty("groups").EnumerateArray().ToList();
        check.Drawn("In sample against out of sample");
        Windows(check, root, groups);
        check.Table("Choices", [.. groups.Select(group =>
        {
            var choices = group.GetProperty("choices").EnumerateArray().ToList();
            return new Cells
            {
                ["Among"] = group.GetProperty("group").GetString()!,
                ["Combinations"] = combinations,
                ["Out of sample"] = choices.Aggregate(1.0, (g, c) =>
                    g * (1 + (Value(c, "outOfSampleReturn") is var r && double.IsNaN(r) ? 0 : r))) - 1,
                ["Stability"] = choices.Count < 2 ? double.NaN
                    : (double)choices.Zip(choices.Skip(1), (a, b) => Text(a, "strategy") == Text(b, "strategy"))
                        .Count(same => same) / (choices.Count - 1),
                ["Windows with a gain"] = $"{choices.Count(c => Value(c, "outOfSampleReturn") > 0)} of {choices.Count}",
                ["Last choice"] = Chosen(choices[^1]),
            };
        })]);
        foreach (var group in groups)
        {
            var name = group.GetProperty("group").GetString()!;
            var choices = group.GetProperty("choices").EnumerateArray().ToList();
            check.List($"{name}, window after window", JsonRecord.List(group, "choices"));
            Steps(check, check.Page.Charts.FirstOrDefault(c =>
                c.Title.StartsWith("In sample against out of sample: ", StringComparison.Ordinal)
                && c.Title.EndsWith($" of {name}", StringComparison.Ordinal))?.Title
                    ?? "", choices, new()
                    {
                        ["in sample"] = c => Value(c, "objective"),
                        ["out of sample"] = c =>
                        Value(c, "outOfSampleObjective")
                    });
            foreach (var parameter in choices.SelectMany(c => c.GetProperty("params").EnumerateObject().Select(p => p.Name)).Distinct())
                if (choices.Select(c => Parameter(c, parameter)).Where(double.IsFinite).Distinct().Count() > 1)
                    Steps(check, $"Parameters chosen by window: {parameter} of {name}", choices,
                        new() { [parameter] = c => Parameter(c, parameter) });
        }
    }

    // Returns a year: of windows in the picture compounded, in the efficiency ratio not.
    private static void Windows(PageCheck check, JsonElement root, List<JsonElement> groups)
    {
        var all = groups.SelectMany(g => g.GetProperty("choices").EnumerateArray()).ToList();
        double Years(JsonElement c, string from, string to) =>
            (c.GetProperty(to).GetDateTime() - c.GetProperty(from).GetDateTime()).TotalDays / 365.25;
        double Simple(string key, string from, string to) => all.Sum(c => Value(c, key) / Years(c, from, to));
        double Compound(string key, string from, string to) => all.GroupBy(c => Text(c, "chosenAt"))
            .Average(w => w.Average(c => Math.Pow(1 + Value(c, key), 1 / Years(c, from, to)) - 1));
        var says = check.Sentences;
        says.Says("{} rolling windows of 2y in sample and 6mo out of sample; chosen by Sharpe ratio. Efficiency ratio {}: the choices' "
            + "yearly return out of sample over that in sample; near 1 what was chosen lasts, near 0 it was luck.",
            all.Select(c => Text(c, "chosenAt")).Distinct().Count(),
            Simple("outOfSampleReturn", "chosenAt", "to") / Simple("inSampleReturn", "from", "chosenAt"));
        says.Says("In sample against out of sample, mean of {} groups", groups.Count);
        says.Says("Return a year by window: {} in sample on average, {} out of sample. *",
            Compound("inSampleReturn", "from", "chosenAt"), Compound("outOfSampleReturn", "chosenAt", "to"));
        foreach (var choices in groups.Select(g => g.GetProperty("choices").EnumerateArray().ToList()))
        {
            says.Says("On average {} in sample and {} out of sample over {} windows; the difference is how much of it was luck.",
                choices.Average(c => Value(c, "objective")), choices.Average(c => Value(c, "outOfSampleObjective")), choices.Count);
            var constant = new List<string>();
            foreach (var parameter in choices[0].GetProperty("params").EnumerateObject().Select(p => p.Name))
            {
                List<double> values = [.. choices.Select(c => Parameter(c, parameter)).Distinct()];
                if (values.Count == 1) constant.Add($"{parameter} {values[0]}");
                else says.Says($"{parameter} lay between {{}} and {{}}; *", values.Min(), values.Max());
            }
            if (constant.Count > 0) says.Says($"The same in all windows: {string.Join(", ", constant)}.");
        }
    }

    // A value of each window from its choice to the next.
    private static void Steps(PageCheck check, string title, List<JsonElement> choices, Dictionary<string, Func<JsonElement, double>> lines)
    {
        if (!check.Page.Charts.Any(c => c.Title == title)) return;
        check.Chart(title, lines.ToDictionary(l => l.Key, l =>
        {
            var curve = new Dictionary<DateTime, double>();
            foreach (var c in choices)
            {
                // The last tick before the next window, as whole minutes.
                curve[c.GetProperty("chosenAt").GetDateTime().ToUniversalTime()] = l.Value(c);
                curve[c.GetProperty("to").GetDateTime().ToUniversalTime().AddMinutes(-1)] = l.Value(c);
            }
            return (IReadOnlyDictionary<DateTime, double>)curve;
        }));
    }

    private static double Parameter(JsonElement choice, string name) => choice.GetProperty("params").TryGetProperty(name, out var value)
        ? value.GetDouble() : double.NaN;

    private static string Chosen(JsonElement choice) => Text(choice, "strategy") is not { Length: > 0 } strategy ? "none"
        : choice.GetProperty("params").EnumerateObject().Any()
            ? string.Join(", ", choice.GetProperty("params").EnumerateObject().Select(p => $"{p.Name} {p.Value}")) : strategy;

    private static string Text(JsonElement owner, string key) => owner.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double Value(JsonElement owner, string key) => owner.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
