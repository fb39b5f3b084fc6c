using System.Text.Json;
using Granary.Engine;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Learning.Retraining;
using Granary.Learning.Trainers;
using Granary.Learning.Watching;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Models;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads a batch's <c>learning</c>: one section or a list. Each strategy uses the first section that covers it.
/// <code>
/// "learning": {
///   "name": "gate",                                // of the versions; default: the batch's name
///   "strategies": ["SmaCross", "RsiReversion*"],   // ids or classes, * = any text; default: all
///   "trainer": "gradient-boosting", "params": { "trees": 50 },
///   "features": ["return(1)", "return(1)[1]", "sma(20)/close", "rsi(14)"], "select": 10,
///   "label": "trade",   // or "direction", "return", "volatility", "drawdown", { "kind": "triple-barrier", "bars": 20, "stop": 1 }
///   "weights": ["uniqueness", "balanced"],
///   "walkForward": { "window": "expanding", "train": 1000, "test": 250, "gap": 0 },   // samples
///   "apply": { "rule": "gate", "buyAbove": 0.6, "sellBelow": 0.4 },   // gate, veto, size, stop, minimum-return, limit
///   "watch": { "detector": "adwin", "weight": 0.5, "review": 50, "rollback": true }, "abstain": true,
///   "retrain": { "trades": 30, "lateness": "6h", "challenger": true, "expire": { "bars": 2000 } },
///   "registry": "models", "promote": true,
///   "experiment": { "trainers": ["logistic", "random-forest"], "labels": ["direction"], "fitness": "sortino", "search": {} }
/// }
/// </code>
/// </summary>
internal static class LearningReader
{
    public static readonly IReadOnlyList<string> Baselines = ["arima", "ets", "trend-season"];

    /// <exception cref="InputException">The section is invalid; one sentence with file, line, field and remedy.</exception>
    public static IReadOnlyList<LearningSpec> Read(BatchSpec batch)
    {
        if (batch.Learning is not { } part) return [];
        return Sections(part, new LearningContext(batch.Name, batch.Execution.CommissionPercent
            + batch.Execution.SlippagePercent, LoadsLibraries: true, batch.Catalogues));
    }

    /// <summary>Reads the sections for a plan. Trainers of libraries that are not loaded yet are not checked.</summary>
    internal static IReadOnlyList<LearningSpec> Planned(BatchSpec batch) => batch.Learning is { } part
        ? Sections(part, new LearningContext(batch.Name, 0, LoadsLibraries: false, batch.Catalogues)) : [];

    /// <summary>
    /// Checks the sections while the batch file is read. Trainers of libraries that are not loaded yet are checked when they are
    /// needed.
    /// </summary>
    internal static void Check(JsonPart part, string batch, GranaryCatalogues catalogues) =>
        Sections(part, new LearningContext(batch, 0, LoadsLibraries: false, catalogues));

    private static List<LearningSpec> Sections(JsonPart part, LearningContext around)
    {
        var sections = part.OneOrMany().Select(p => Section(p, around)).ToList();
        foreach (var twice in sections.GroupBy(s => s.Name).Where(g => g.Count() > 1))
            twice.Last().Place.Wrong($"two sections are named '{twice.Key}': give each a \"name\" of its own", 0);
        return sections;
    }

    private static LearningSpec Section(JsonPart part, LearningContext around)
    {
        var keys = RecordKeys<LearningKeys>.Read(part);
        var label = (keys.Label ?? new LabelKeys { Kind = LabelKind.Direction }).ToSpec();
        var parameters = Parameters(keys, part, around);
        var (features, ofPortfolio) = Features(part, label, around);
        if (keys.Name is not null && part.Find("name") is { IsFaulty: false } own && ModelRegistry.NameFor(keys.Name) != keys.Name)
            own.Wrong("a model's name becomes a folder: use letters, digits, '-' and '.', 80 at the most", 0);
        var registry = keys.Registry ?? ModelStores.Standard(part.Place);
        var spec = new LearningSpec
        {
            Name = keys.Name ?? ModelRegistry.NameFor(around.Batch),
            Catalogues = around.Catalogues,
            Strategies = part.Find("strategies") is null ? ["*"] : keys.Strategies,
            Trainer = keys.Trainer,
            Parameters = parameters,
            Features = features,
            PortfolioFeatures = ofPortfolio,
            Keep = keys.Select ?? 0,
            Label = label,
            Weights = keys.Weights.Aggregate(WeightKinds.None, (sum, w) => sum | w),
            WalkForward = keys.WalkForward.ToWindows(),
            Rule = Rule(keys, part, label, around),
            Watch = keys.Watch is { } watch ? Watch(watch, part.Need("watch"), label.Meaning) : null,
            Abstains = keys.Abstain,
            Retrain = keys.Retrain is { } retrain ? Retraining(retrain, part.Need("retrain"), label) : null,
            Registry = registry,
            Cache = Path.Combine(registry.Path ?? ModelStores.Standard(part.Place).Path!, ".cache"),
            Promote = keys.Promote,
            Trainers = Compared(keys.Experiment, part, around) ?? [.. around.Trainers.Own.Select(d => d.Name)
                .Where(n => !(label.Kind is LabelKind.Trade or LabelKind.Drawdown && n == "lstm"))],
            Labels = keys.Experiment is { Labels: { Count: > 0 } labels } ? [.. labels.Select(l => l.ToSpec())] : [label],
            Top = keys.Experiment?.Top ?? new ExperimentKeys().Top,
            Place = part,
        };
        if (spec is { IsOfRisk: true, Watch: not null })
            part.Need("watch").Wrong("a watch compares a model with the outcomes of trades, and the drawdown is none; leave it out", 0);
        if (spec is { IsOfRisk: true, Abstains: true })
            part.Need("abstain").Wrong("a model of the drawdown refuses no entries by itself; leave it out", 0);
        return keys.Experiment is { } experiment ? WithExperiment(spec, experiment, part.Need("experiment"), around) : spec;
    }

    private static EntryRule Rule(LearningKeys keys, JsonPart part, LabelSpec label, LearningContext around)
    {
        var rule = keys.Apply?.ToRule(around.CostPercent) ?? (label.Kind == LabelKind.Drawdown ? new LimitRule() : new GateRule());
        if (!rule.Takes(label.Meaning) && part.Find("apply") is not { IsFaulty: true } && part.Find("label") is not { IsFaulty: true })
            (part.Find("apply") ?? part.Find("label") ?? part).Wrong($"the rule '{rule.Name}' cannot use a model of the label {label}: "
                + "gate, veto and size take direction, triple-barrier or trade; stop takes volatility; minimum-return takes return; "
                + "limit takes drawdown", 0);
        return rule;
    }

    private static WatchRule Watch(WatchKeys keys, JsonPart part, PredictionMeaning meaning) =>
        meaning == PredictionMeaning.ExpectedVolatility
            ? part.Wrong("a trade does not show whether a volatility was predicted right; leave 'watch' out, or use another label",
                new WatchRule())
            : keys.ToRule(part);

    private static RetrainingRule Retraining(RetrainingKeys keys, JsonPart part, LabelSpec label)
    {
        if (label.Kind == LabelKind.Drawdown)
            part.Wrong("a model of the drawdown belongs to the portfolio, not to a strategy, and is trained by 'walkForward'; leave "
                + "'retrain' out", 0);
        var rule = keys.ToRule();
        if (rule.CountsTrades && label.Kind == LabelKind.Volatility)
            part.Wrong("the rule 'stop' changes when trades close, so that their number cannot set the times of the trainings; use 'days', "
                + "and let versions expire by 'bars' or 'days'", 0);
        return rule;
    }

    // The trainers that an experiment names; null for all.
    private static IReadOnlyList<string>? Compared(ExperimentKeys? experiment, JsonPart part, LearningContext around)
    {
        if (part.Find("experiment")?.Find("trainers") is not { } named) return null;
        foreach (var (name, place) in experiment!.Trainers.Zip(named.OneOrMany()))
            if (around.Knows(name)) place.Make<object?>(() => around.Trainers.Create(name), null);
        return experiment.Trainers;
    }

    private static LearningSpec WithExperiment(LearningSpec spec, ExperimentKeys keys, JsonPart experiment, LearningContext around)
    {
        var fitness = keys.Fitness;
        if (fitness is ExperimentFitness.LogLoss or ExperimentFitness.Auc or ExperimentFitness.Precision
            && spec.Labels.FirstOrDefault(l => l.Kind is LabelKind.Return or LabelKind.Volatility) is { } number)
            experiment.Need("fitness").Wrong($"the label {number} is a number, and this fitness is of two classes; use 'prediction' or a "
                + "figure of the trades", 0);
        if (spec.IsOfRisk && fitness != ExperimentFitness.Prediction)
            experiment.Need("fitness").Wrong("a model of the drawdown chooses among no trades; use 'prediction'", 0);
        if (fitness != ExperimentFitness.Precision && experiment.Find("top") is { } top)
            top.Wrong("only the fitness 'precision' is of the top share of the predictions; leave 'top' out, or set 'fitness' to 'precision'",
                0);
        spec = spec with { Fitness = fitness };
        if (experiment.Find("labels") is { } named && spec.Labels.Any(l => l.Kind == LabelKind.Drawdown) != spec.IsOfRisk)
            named.Wrong("the label drawdown reads the portfolio and caps it, so that it cannot be compared with labels of other kinds; "
                + "give it a section of its own", 0);
        if (experiment.Find("search") is not { } search) return spec;
        if (spec.IsOfRisk)
            search.Wrong("a search compares rules that choose among trades, and 'limit' caps the portfolio; leave it out", 0);
        if (experiment.Find("labels") is { } labels)
            labels.Wrong("a search predicts the section's own label; leave 'labels' out", 0);
        if (experiment.Find("trainers") is { } twice && search.Find("trainers") is not null)
            twice.Wrong("the search names the trainers that it tries; leave 'trainers' out beside it", 0);
        return spec with { Search = new ModelSearches(spec, around).Of(keys.Search!, search) };
    }

    // Parses each feature separately, so that each invalid feature gets its own error.
    private static (FeatureSet Market, IReadOnlyList<PortfolioFeature> Portfolio) Features(JsonPart section, LabelSpec label,
        LearningContext around)
    {
        var isOfRisk = label.Kind == LabelKind.Drawdown;
        if (section.Find("features") is not { } part) return (FeatureSet.Default, isOfRisk ? PortfolioFeature.All : []);
        FeatureSet Parse(params IEnumerable<JsonPart> texts) =>
            FeatureSet.Parse([.. texts.Select(p => p.String())], around.Catalogues.Factors);
        var (ofMarket, ofPortfolio) = (new List<JsonPart>(), new List<PortfolioFeature>());
        foreach (var text in part.OneOrMany())
        {
            if (!text.String().StartsWith(PortfolioFeature.Prefix, StringComparison.Ordinal))
            {
                text.Make(() => Parse(text), FeatureSet.Default);
                ofMarket.Add(text);
            }
            else if (!isOfRisk)
                text.Wrong($"'{text.String()}' is the portfolio's, and only a model of the label drawdown reads the portfolio; leave it "
                    + "out", 0);
            else if (text.Make(() => PortfolioFeature.Find(text.String()), null!) is { } found)
            {
                if (ofPortfolio.Contains(found)) text.Wrong($"the feature '{found.Name}' is named twice; once is enough", 0);
                ofPortfolio.Add(found);
            }
        }
        if (isOfRisk && ofMarket.Count == 0 && !part.IsFaulty) part.Wrong("name a feature of the market too, such as volatility(20)", 0);
        return (part.IsFaulty ? FeatureSet.Default : part.Make(() => Parse(ofMarket), FeatureSet.Default), ofPortfolio);
    }

    private static Dictionary<string, string> Parameters(LearningKeys keys, JsonPart section, LearningContext around)
    {
        var (trainer, parameters) = (keys.Trainer, new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (name, value) in keys.Params)
        {
            if (value.Kind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                value.Wrong("a single value is needed; 'experiment' compares several trainers", 0);
            else parameters[name] = value.Text;
        }
        if (section.Find("trainer") is { IsFaulty: true } || section.Find("params") is { IsFaulty: true } || !around.Knows(trainer))
            return parameters;
        var place = section.Find("trainer") ?? section;
        if (place.Make(() => around.Trainers.Find(trainer), null) is not null)
            (section.Find("params") ?? place).Make<object?>(() => around.Trainers.Create(trainer, parameters), null);
        return parameters;
    }
}
