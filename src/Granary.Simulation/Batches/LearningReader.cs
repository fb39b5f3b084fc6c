using System.Text.Json;
using Granary.Engine;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
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
public static class LearningReader
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
        part.Only("name", "strategies", "trainer", "params", "features", "select", "label", "weights", "walkForward", "apply", "watch",
            "abstain", "retrain", "registry", "promote", "experiment");
        var label = part.Find("label") is { } l ? Label(l) : new LabelSpec(LabelKind.Direction);
        var (trainer, parameters) = Trainer(part, around);
        var (features, ofPortfolio) = Features(part, label, around);
        var experiment = part.Find("experiment")?.Only("trainers", "labels", "fitness", "top", "search");
        var trainers = experiment?.Find("trainers")?.OneOrMany().Select(p =>
        {
            if (around.Knows(p.String())) p.Make<object?>(() => around.Trainers.Create(p.String()), null);
            return p.String();
        }).ToList();
        var name_ = part.Find("name")?.String() ?? ModelRegistry.NameFor(around.Batch);
        if (part.Find("name") is { IsFaulty: false } own && ModelRegistry.NameFor(name_) != name_)
            own.Wrong("a model's name becomes a folder: use letters, digits, '-' and '.', 80 at the most", 0);
        var rule = part.Find("apply") is { } a ? EntryRuleReader.Read(a, around.CostPercent)
            : label.Kind == LabelKind.Drawdown ? new LimitRule() : (EntryRule)new GateRule();
        if (!rule.Takes(label.Meaning) && part.Find("apply") is not { IsFaulty: true } && part.Find("label") is not { IsFaulty: true })
            (part.Find("apply") ?? part.Find("label") ?? part).Wrong($"the rule '{rule.Name}' cannot use a model of the label {label}: "
                + "gate, veto and size take direction, triple-barrier or trade; stop takes volatility; minimum-return takes return; "
                + "limit takes drawdown", 0);
        var registry = ModelStores.Read(part);
        var spec = new LearningSpec
        {
            Name = name_,
            Catalogues = around.Catalogues,
            Strategies = part.Find("strategies")?.OneOrMany().Select(p => p.String()).ToList() ?? ["*"],
            Trainer = trainer,
            Parameters = parameters,
            Features = features,
            PortfolioFeatures = ofPortfolio,
            Keep = part.Find("select")?.Whole(1, 4096) ?? 0,
            Label = label,
            Weights = part.Find("weights") is { } w
                ? w.OneOrMany().Aggregate(WeightKinds.None,
                    (sum, p) => sum
                        | p.Choice(("none", WeightKinds.None), ("uniqueness", WeightKinds.Uniqueness), ("balanced", WeightKinds.Balanced)))
                : WeightKinds.Uniqueness,
            WalkForward = part.Find("walkForward") is { } windows ? Windows(windows) : new TrainingWindows(),
            Rule = rule,
            Watch = part.Find("watch") is { } watch ? WatchRuleReader.Read(watch, label.Meaning) : null,
            Abstains = part.Find("abstain")?.Bool() ?? false,
            Retrain = part.Find("retrain") is { } retrain ? RetrainingRuleReader.Read(retrain, label) : null,
            Registry = registry,
            Cache = Path.Combine(registry.Path ?? ModelStores.Standard(part.Place).Path!, ".cache"),
            Promote = part.Find("promote")?.Bool() ?? true,
            Trainers = trainers ?? [.. around.Trainers.Own.Select(d => d.Name)
                .Where(n => !(label.Kind is LabelKind.Trade or LabelKind.Drawdown && n == "lstm"))],
            Labels = experiment?.Find("labels")?.OneOrMany().Select(Label).ToList() ?? [label],
            Top = experiment?.Find("top")?.Number(0.001, 1) ?? 0.1,
            Place = part,
        };
        if (spec is { IsOfRisk: true, Watch: not null })
            part.Need("watch").Wrong("a watch compares a model with the outcomes of trades, and the drawdown is none; leave it out", 0);
        if (spec is { IsOfRisk: true, Abstains: true })
            part.Need("abstain").Wrong("a model of the drawdown refuses no entries by itself; leave it out", 0);
        return experiment is null ? spec : WithExperiment(spec, experiment, around);
    }

    private static LearningSpec WithExperiment(LearningSpec spec, JsonPart experiment, LearningContext around)
    {
        var fitness = experiment.Find("fitness")?.Choice(("prediction", ExperimentFitness.Prediction),
            ("log-loss", ExperimentFitness.LogLoss), ("auc", ExperimentFitness.Auc), ("precision", ExperimentFitness.Precision),
            ("expectancy", ExperimentFitness.Expectancy), ("sharpe", ExperimentFitness.Sharpe), ("sortino", ExperimentFitness.Sortino))
            ?? ExperimentFitness.Prediction;
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
        return spec with { Search = new SearchReader(spec, around).Read(search) };
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

    private static (string Name, Dictionary<string, string> Parameters) Trainer(JsonPart section, LearningContext around)
    {
        var trainer = section.Find("trainer")?.String() ?? "gradient-boosting";
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in section.Find("params")?.Members ?? [])
        {
            if (value.Kind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                value.Wrong("a single value is needed; 'experiment' compares several trainers", 0);
            else parameters[name] = value.Text;
        }
        if (section.Find("trainer") is { IsFaulty: true } || section.Find("params") is { IsFaulty: true } || !around.Knows(trainer))
            return (trainer, parameters);
        var place = section.Find("trainer") ?? section;
        if (place.Make(() => around.Trainers.Find(trainer), null) is not null)
            (section.Find("params") ?? place).Make<object?>(() => around.Trainers.Create(trainer, parameters), null);
        return (trainer, parameters);
    }

    private static LabelSpec Label(JsonPart part)
    {
        var simple = part.Kind == JsonValueKind.String;
        if (!simple) part.Only("kind", "bars", "target", "stop");
        var kind = (simple ? part : part.Need("kind")).Choice(("direction", LabelKind.Direction), ("return", LabelKind.Return),
            ("volatility", LabelKind.Volatility), ("triple-barrier", LabelKind.TripleBarrier), ("trade", LabelKind.Trade),
            ("drawdown", LabelKind.Drawdown));
        if (kind != LabelKind.TripleBarrier && !part.IsFaulty && (part.Find("target") ?? part.Find("stop")) is { } alien)
            alien.Wrong("only a triple-barrier has a target and a stop", 0);
        if (kind == LabelKind.Trade && part.Find("bars") is { } bars) bars.Wrong("a trade ends when it ends; leave 'bars' out", 0);
        var ahead = part.Find("bars")?.Whole(kind == LabelKind.Volatility ? 2 : 1, 10_000)
            ?? (kind is LabelKind.TripleBarrier or LabelKind.Drawdown ? 20 : kind == LabelKind.Volatility ? 10 : 5);
        return new LabelSpec(kind, ahead, part.Find("target")?.Number(0.01, 100) ?? 1, part.Find("stop")?.Number(0.01, 100) ?? 1);
    }

    private static TrainingWindows Windows(JsonPart part)
    {
        part.Only("window", "train", "test", "gap");
        return new TrainingWindows(part.Find("window")?.Choice(("expanding", false), ("rolling", true)) ?? false,
            part.Find("train")?.Whole(20), part.Find("test")?.Whole(1), part.Find("gap")?.Whole(0) ?? 0);
    }
}
