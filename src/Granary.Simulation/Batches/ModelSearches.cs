using System.Text.Json;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// Makes the <c>search</c> of an experiment.
/// <code>
/// "search": {
///   "trainers": ["naive-bayes", { "name": "logistic", "params": { "c": [0.1, 1, 10] } }],
///   "features": [["return(1)", "rsi(14)"], ["return(1)", "sma(20)/close"]], "select": [0, 5],
///   "apply": ["veto", { "rule": "gate", "buyAbove": 0.55, "sellBelow": 0.45 }],
///   "budget": 500, "windows": 4, "level": 0.05
/// }
/// </code>
/// </summary>
/// <param name="section">The section so far; the search uses its values for settings that it does not vary.</param>
internal sealed class ModelSearches(LearningSpec section, LearningContext around)
{
    // Larger grids are treated as a mistake.
    private const int MostSettings = 100_000;

    /// <param name="part">The place of the keys.</param>
    public SearchSpec Of(ModelSearchKeys keys, JsonPart part)
    {
        IReadOnlyList<TrainerSetting> trainers = part.Find("trainers") is { } named
            ? [.. keys.Trainers.Zip(named.OneOrMany()).SelectMany(t => Trainers(t.First, t.Second))]
            : [.. section.Trainers.Except(LearningReader.Baselines).Select(n => new TrainerSetting(n, new Dictionary<string, string>()))];
        if (trainers.Count == 0) part.Wrong("there is no trainer to try; name one", 0);
        IReadOnlyList<EntryRule> rules = part.Find("apply") is { } applied
            ? [.. keys.Apply.Zip(applied.OneOrMany()).Select(r => Rule(r.First, r.Second))] : [section.Rule];
        if (part.Find("apply") is null && section.Rule is StopByVolatilityRule) part.Wrong(Stops, 0);
        return new SearchSpec
        {
            Trainers = trainers,
            FeatureSets = keys.Features is { } sets ? Sets(sets) : [section.Features],
            Keeps = part.Find("select") is null ? [section.Keep] : [.. keys.Select.Distinct()],
            Rules = rules,
            Budget = keys.Budget,
            Windows = keys.Windows,
            Level = keys.Level,
        };
    }

    private const string Stops = "the rule 'stop' changes the trades themselves, and a search compares rules that choose among the same "
        + "trades: gate, veto, size or minimum-return";

    private EntryRule Rule(EntryRuleKeys keys, JsonPart part)
    {
        var rule = keys.ToRule(around.CostPercent);
        if (part.IsFaulty) return rule;
        if (rule is StopByVolatilityRule) return part.Wrong(Stops, rule);
        return rule.Takes(section.Label.Meaning) ? rule
            : part.Wrong($"the rule '{rule.Name}' cannot use a model of the label {section.Label}", rule);
    }

    // Returns all combinations of the parameter values, with the last parameter varying fastest.
    private IEnumerable<TrainerSetting> Trainers(SearchTrainerKeys keys, JsonPart part)
    {
        List<Dictionary<string, string>> settings = [new(StringComparer.Ordinal)];
        foreach (var (key, values) in keys.Params)
        {
            if (settings.Count * (long)values.OneOrMany().Count > MostSettings)
                return values.Wrong<IEnumerable<TrainerSetting>>($"the values multiply out to more than {MostSettings:N0}; thin them out",
                    []);
            settings = [.. settings.SelectMany(s => values.OneOrMany().Select(v =>
                new Dictionary<string, string>(s, StringComparer.Ordinal) { [key] = v.Text }))];
        }
        if (!part.IsFaulty && around.Knows(keys.Name))
            foreach (var setting in settings)
                if (part.Make<object?>(() => around.Trainers.Create(keys.Name, setting), null) is null)
                    break;
        if (LearningReader.Baselines.Contains(keys.Name))
            part.Wrong($"{keys.Name} reads past labels and no features, so it judges no entries; leave it out", 0);
        return settings.Select(s => new TrainerSetting(keys.Name, s));
    }

    // The value is one list of features, or a list of such lists.
    private IReadOnlyList<FeatureSet> Sets(JsonPart part)
    {
        var lists = part.Kind == JsonValueKind.Array && part.Items.Any(p => p.Kind == JsonValueKind.Array) ? part.Items : [part];
        return [.. lists.Select(list => list.Make(
            () => FeatureSet.Parse([.. list.OneOrMany().Select(p => p.String())], around.Catalogues.Factors), FeatureSet.Default))];
    }
}
