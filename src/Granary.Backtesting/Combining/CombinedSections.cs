using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Tables;

namespace Granary.Backtesting.Combining;

/// <summary>Account, execution, portfolio and similar sections, from the settings or, if all members agree, from the members.</summary>
/// <param name="sectionsOf">The folder of the member whose sections count where members differ; null refuses members that differ.</param>
/// <param name="notes">Receives the sections in which the members differ.</param>
internal sealed class CombinedSections(IReadOnlyList<RunMember> runs, CombineSettings settings, string? sectionsOf, List<RunNote> notes)
{
    private static readonly string[] Shared = ["account", "execution", "benchmark", "regimes", "universe", "periodsPerYear"];

    /// <summary>The default name of the run.</summary>
    public string Name => runs.Count == 0 ? "combined"
        : string.Join('-', runs.Select(r => r.Batch["name"]?.GetValue<string>() ?? Path.GetFileName(r.Folder.TrimEnd('/'))).Distinct())
            is { Length: <= 80 } joined ? "combined-" + joined : "combined";

    /// <param name="weights">A rule or a CSV; null uses the rule of the settings or of the members.</param>
    /// <exception cref="InputException">Members differ in a section that the settings do not contain.</exception>
    public void AddTo(JsonObject batch, string? weights)
    {
        if (Code() is { Count: > 0 } code) batch["code"] = code;
        foreach (var key in Shared) Add(batch, key, settings.Sections[key] ?? Agreed(key, r => r.Batch[key]));
        // Different outputs, paths and seeds are not a conflict.
        foreach (var key in (string[])["outputs", "resampling", "seed"])
            Add(batch, key, settings.Sections[key] ?? (Distinct(r => r.Batch[key]) is [var one] ? one : null));
        var portfolio = (JsonObject?)settings.Sections["portfolio"]?.DeepClone()
            ?? (JsonObject?)Agreed("portfolio", r => WithoutWeights(r.Batch["portfolio"]))?.DeepClone() ?? [];
        portfolio["weights"] = WeightsOf(weights) ?? portfolio["weights"]?.DeepClone() ?? MembersRule() ?? WeightMethods.Winners;
        if (portfolio["weights"] is JsonObject) portfolio.Remove("rebalance");
        // The members' bounds of an allocation method do not bind another rule.
        else if (portfolio["rebalance"] is JsonObject rebalance && weights is not null && !WeightMethods.IsAllocation(weights))
            foreach (var key in RebalanceSpec.AllocationKeys) rebalance.Remove(key);
        batch["portfolio"] = portfolio;
    }

    // The files of all members, each once.
    private JsonArray Code()
    {
        var files = new List<(string Name, string Source, RunMember Run, JsonNode File)>();
        foreach (var run in runs)
            foreach (var file in (run.Batch["code"] as JsonArray ?? []).OfType<JsonObject>())
            {
                var (name, source) = (file["name"]!.GetValue<string>(), file["source"]!.GetValue<string>());
                var same = files.FindIndex(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase));
                if (same < 0) files.Add((name, source, run, file));
                else if (files[same].Source != source)
                    throw new InputException($"{files[same].Run.Folder} and {run.Folder} have different files {name}; name the "
                        + "portfolio_trades.csv of one of the folders instead of the folder");
            }
        return new JsonArray([.. files.Select(f => f.File.DeepClone())]);
    }

    private static JsonNode? WeightsOf(string? weights)
    {
        if (weights is null) return null;
        if (!weights.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return JsonValue.Create(weights);
        if (!File.Exists(weights)) throw new InputException($"--weights {weights}: the file does not exist");
        using var reader = new StreamReader(weights);
        var given = new JsonObject();
        foreach (var (strategy, weight) in WeightsCsv.Read(weights, reader)) given[strategy] = weight;
        return given;
    }

    private JsonNode? MembersRule() =>
        Distinct(r => r.Batch["portfolio"]?["weights"]) is [JsonValue rule] && rule.TryGetValue<string>(out var name)
            && !name.StartsWith("csv:", StringComparison.Ordinal) ? rule.DeepClone() : null;

    private static JsonObject? WithoutWeights(JsonNode? portfolio)
    {
        if (portfolio?.DeepClone() is not JsonObject own) return null;
        own.Remove("weights");
        own.Remove("chosenBefore");
        return own.Count > 0 ? own : null;
    }

    private JsonNode? Agreed(string key, Func<RunMember, JsonNode?> section)
    {
        var found = Distinct(section);
        if (found.Count > 1 && runs.FirstOrDefault(r => r.Folder == sectionsOf) is { } chosen)
        {
            notes.Add(new RunNote(NoteCode.DataFinding, $"The members' batches differ in '{key}'; the portfolio has that of "
                + $"{chosen.Name}: {section(chosen)?.ToJsonString() ?? "the defaults"}.", found.Count));
            return section(chosen);
        }
        return found.Count <= 1 ? found.FirstOrDefault()
            : throw new InputException($"the batches of {string.Join(" and ", runs.Select(r => r.Folder))} differ in '{key}'; say with "
                + $"--settings FILE.json what holds for the portfolio: {{ \"{key}\": … }}");
    }

    // The distinct values of a section in the members.
    private List<JsonNode?> Distinct(Func<RunMember, JsonNode?> section) =>
        [.. runs.Select(section).DistinctBy(s => s?.ToJsonString() ?? "", StringComparer.Ordinal)];

    private static void Add(JsonObject batch, string key, JsonNode? section)
    {
        if (section is not null) batch[key] = section.DeepClone();
    }
}
