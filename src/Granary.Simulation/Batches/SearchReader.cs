using System.Text.Json;
using Granary.Engine;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads the <c>search</c> of an experiment.
/// <code>
/// "search": {
///   "trainers": ["naive-bayes", { "name": "logistic", "params": { "c": [0.1, 1, 10] } }],
///   "features": [["return(1)", "rsi(14)"], ["return(1)", "sma(20)/close"]], "select": [0, 5],
///   "apply": ["veto", { "rule": "gate", "buyAbove": 0.55, "sellBelow": 0.45 }],
///   "budget": 500, "windows": 4, "level": 0.05
/// }
/// </code>
/// </summary>
/// <param name="section">The section read so far; the search uses its values for settings that it does not vary.</param>
internal sealed class SearchReader(LearningSpec section, LearningContext around)
{
    // Larger grids are treated as a mistake.
    private const int MostSettings = 100_000;

    public SearchSpec Read(JsonPart part)
    {
        part.Only("trainers", "features", "select", "apply", "budget", "windows", "level");
        var trainers = part.Find("trainers") is { } named ? [.. named.OneOrMany().SelectMany(Trainers)]
            : section.Trainers.Except(LearningReader.Baselines).Select(n => new TrainerSetting(n, new Dictionary<string, string>()))
                .ToList();
        if (trainers.Count == 0) part.Wrong("there is no trainer to try; name one", 0);
        var rules = part.Find("apply")?.OneOrMany().Select(Rule).ToList() ?? [section.Rule];
        if (part.Find("apply") is null && section.Rule is StopByVolatilityRule) part.Wrong(Stops, 0);
        return new SearchSpec
        {
            Trainers = trainers,
            FeatureSets = part.Find("features") is { } sets ? Sets(sets) : [section.Features],
            Keeps = part.Find("select")?.OneOrMany().Select(p => p.Whole(0, 4096)).Distinct().ToList() ?? [section.Keep],
            Rules = rules,
            Budget = part.Find("budget")?.Whole(1, 10_000_000) ?? 500,
            Windows = part.Find("windows")?.Whole(1, 64) ?? 4,
            Level = part.Find("level")?.Number(1e-6, 0.5) ?? 0.05,
        };
    }

    private const string Stops = "the rule 'stop' changes the trades themselves, and a search compares rules that choose among the same "
        + "trades: gate, veto, size or minimum-return";

    private EntryRule Rule(JsonPart part)
    {
        var rule = EntryRuleReader.Read(part, around.CostPercent);
        if (part.IsFaulty) return rule;
        if (rule is StopByVolatilityRule) return part.Wrong(Stops, rule);
        return rule.Takes(section.Label.Meaning) ? rule
            : part.Wrong($"the rule '{rule.Name}' cannot use a model of the label {section.Label}", rule);
    }

    // Returns all combinations of the parameter values, with the last parameter varying fastest.
    private IEnumerable<TrainerSetting> Trainers(JsonPart part)
    {
        var simple = part.Kind == JsonValueKind.String;
        if (!simple) part.Only("name", "params");
        var name = (simple ? part : part.Need("name")).String();
        List<Dictionary<string, string>> settings = [new(StringComparer.Ordinal)];
        foreach (var (key, values) in part.Find("params")?.Members ?? [])
        {
            if (settings.Count * (long)values.OneOrMany().Count > MostSettings)
                return values.Wrong<IEnumerable<TrainerSetting>>($"the values multiply out to more than {MostSettings:N0}; thin them out",
                    []);
            settings = [.. settings.SelectMany(s => values.OneOrMany().Select(v =>
                new Dictionary<string, string>(s, StringComparer.Ordinal) { [key] = v.Text }))];
        }
        if (!part.IsFaulty && around.Knows(name))
            foreach (var setting in settings)
                if (part.Make<object?>(() => around.Trainers.Create(name, setting), null) is null)
                    break;
        if (LearningReader.Baselines.Contains(name))
            part.Wrong($"{name} reads past labels and no features, so it judges no entries; leave it out", 0);
        return settings.Select(s => new TrainerSetting(name, s));
    }

    // The value is one list of features, or a list of such lists.
    private IReadOnlyList<FeatureSet> Sets(JsonPart part)
    {
        var lists = part.Kind == JsonValueKind.Array && part.Items.Any(p => p.Kind == JsonValueKind.Array) ? part.Items : [part];
        return [.. lists.Select(list => list.Make(
            () => FeatureSet.Parse([.. list.OneOrMany().Select(p => p.String())], around.Catalogues.Factors), FeatureSet.Default))];
    }
}
