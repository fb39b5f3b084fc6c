using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Learning;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;

namespace Granary.Application.Learning;

/// <summary>
/// Reads a batch's <c>learning</c>: one section or a list of them, of which each strategy takes the first that covers it.
/// <code>
/// "learning": {
///   "name": "gate",                                // of the versions; default: the batch's name
///   "strategies": ["SmaCross", "RsiReversion*"],   // ids or classes, * = any text; default: all
///   "trainer": "gradient-boosting", "params": { "trees": 50 },
///   "features": ["return(1)", "return(1)[1]", "sma(20)/close", "rsi(14)"], "select": 10,
///   "label": "trade",                              // or "direction", "return", "volatility", { "kind": "triple-barrier", "bars": 20, "target": 2, "stop": 1 }
///   "weights": ["uniqueness", "balanced"],
///   "walkForward": { "window": "expanding", "train": 1000, "test": 250, "gap": 0 },   // samples
///   "apply": { "rule": "gate", "buyAbove": 0.6, "sellBelow": 0.4 },   // gate, veto, size, stop, minimum-return
///   "registry": "models", "promote": true,
///   "experiment": { "trainers": ["logistic", "random-forest"], "labels": ["direction"] }
/// }
/// </code>
/// </summary>
public static class LearningReader
{
    public static readonly IReadOnlyList<string> Baselines = ["arima", "ets"];

    /// <exception cref="InputException">One sentence with file, line, field and remedy.</exception>
    public static IReadOnlyList<LearningSpec> Read(BatchSpec batch)
    {
        if (batch.Learning is not { } part) return [];
        var sections = part.OneOrMany().Select(p => Section(p, batch)).ToList();
        if (sections.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw twice.Last().Place.Fault($"two sections are named '{twice.Key}': give each a \"name\" of its own");
        return sections;
    }

    private static LearningSpec Section(JsonPart part, BatchSpec batch)
    {
        part.Only("name", "strategies", "trainer", "params", "features", "select", "label", "weights", "walkForward", "apply", "registry", "promote", "experiment");
        var label = part.Find("label") is { } l ? Label(l) : new LabelSpec(LabelKind.Direction);
        var trainer = part.Find("trainer")?.String() ?? "gradient-boosting";
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in part.Find("params")?.Members ?? [])
        {
            if (value.Kind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null) throw value.Fault("a single value is needed; 'experiment' compares several trainers");
            parameters[name] = value.Text;
        }
        Checked(part.Find("params") ?? part.Find("trainer") ?? part, () => TrainerCatalogue.Create(trainer, parameters));
        var features = part.Find("features") is { } f ? Checked(f, () => FeatureSet.Parse([.. f.OneOrMany().Select(p => p.String())])) : FeatureSet.Default;
        var experiment = part.Find("experiment")?.Only("trainers", "labels");
        var trainers = experiment?.Find("trainers")?.OneOrMany().Select(p =>
        {
            Checked(p, () => TrainerCatalogue.Create(p.String()));
            return p.String();
        }).ToList();
        var name_ = part.Find("name")?.String() ?? ModelRegistry.NameFor(batch.Name);
        if (ModelRegistry.NameFor(name_) != name_) throw part.Find("name")!.Fault("a model's name becomes a folder: use letters, digits, '-' and '.', 80 at the most");
        var rule = part.Find("apply") is { } a ? Rule(a, batch) : new GateRule();
        if (!rule.Takes(label.Meaning))
            throw (part.Find("apply") ?? part.Find("label") ?? part).Fault($"the rule '{rule.Name}' cannot use a model of the label {label}: "
                + "gate, veto and size take direction, triple-barrier or trade; stop takes volatility; minimum-return takes return");
        return new LearningSpec
        {
            Name = name_,
            Strategies = part.Find("strategies")?.OneOrMany().Select(p => p.String()).ToList() ?? ["*"],
            Trainer = trainer,
            Parameters = parameters,
            Features = features,
            Keep = part.Find("select")?.Whole(1, 4096) ?? 0,
            Label = label,
            Weights = part.Find("weights") is { } w
                ? w.OneOrMany().Aggregate(WeightKinds.None, (sum, p) => sum | p.Choice(("none", WeightKinds.None), ("uniqueness", WeightKinds.Uniqueness), ("balanced", WeightKinds.Balanced)))
                : WeightKinds.Uniqueness,
            WalkForward = part.Find("walkForward") is { } walk ? Walk(walk) : new WalkForwardSpec(),
            Rule = rule,
            Registry = part.Find("registry")?.String() is { } registry && ModelStores.IsDatabase(registry) ? registry : Under(batch, part.Find("registry")?.String() ?? "models"),
            Cache = Path.Combine(Under(batch, part.Find("registry")?.String() is { } folder && !ModelStores.IsDatabase(folder) ? folder : "models"), ".cache"),
            Promote = part.Find("promote")?.Bool() ?? true,
            Trainers = trainers ?? [.. TrainerCatalogue.Own.Select(d => d.Name).Where(n => !(label.Kind == LabelKind.Trade && n == "lstm"))],
            Labels = experiment?.Find("labels")?.OneOrMany().Select(Label).ToList() ?? [label],
            Place = part,
        };
    }

    private static string Under(BatchSpec batch, string path) => Path.GetFullPath(Path.Combine(batch.Folder, path));

    private static LabelSpec Label(JsonPart part)
    {
        var simple = part.Kind == JsonValueKind.String;
        if (!simple) part.Only("kind", "bars", "target", "stop");
        var kind = (simple ? part : part.Need("kind")).Choice(("direction", LabelKind.Direction), ("return", LabelKind.Return), ("volatility", LabelKind.Volatility),
            ("triple-barrier", LabelKind.TripleBarrier), ("trade", LabelKind.Trade));
        if (kind != LabelKind.TripleBarrier && (part.Find("target") ?? part.Find("stop")) is { } alien) throw alien.Fault("only a triple-barrier has a target and a stop");
        if (kind == LabelKind.Trade && part.Find("bars") is { } bars) throw bars.Fault("a trade ends when it ends; leave 'bars' out");
        var ahead = part.Find("bars")?.Whole(kind == LabelKind.Volatility ? 2 : 1, 10_000) ?? (kind == LabelKind.TripleBarrier ? 20 : kind == LabelKind.Volatility ? 10 : 5);
        return new LabelSpec(kind, ahead, part.Find("target")?.Number(0.01, 100) ?? 1, part.Find("stop")?.Number(0.01, 100) ?? 1);
    }

    private static WalkForwardSpec Walk(JsonPart part)
    {
        part.Only("window", "train", "test", "gap");
        return new WalkForwardSpec(part.Find("window")?.Choice(("expanding", false), ("rolling", true)) ?? false,
            part.Find("train")?.Whole(20), part.Find("test")?.Whole(1), part.Find("gap")?.Whole(0) ?? 0);
    }

    private static EntryRule Rule(JsonPart part, BatchSpec batch)
    {
        var simple = part.Kind == JsonValueKind.String;
        if (!simple) part.Only("rule", "buyAbove", "sellBelow", "below", "from", "full", "multiple", "bars", "costPercent", "minimumPercent");
        var name = simple ? part : part.Need("rule");
        string[] own = name.Choice<string[]>(("gate", ["buyAbove", "sellBelow"]), ("veto", ["below"]), ("size", ["from", "full"]), ("stop", ["multiple", "bars"]),
            ("minimum-return", ["costPercent", "minimumPercent"]));
        foreach (var (key, value) in part.Members)
            if (key != "rule" && !own.Contains(key))
                throw value.Fault($"the rule '{name.String()}' has no '{key}'; it has {string.Join(" and ", own)}");
        double Value(string key, double fallback, double least, double most) => part.Find(key)?.Number(least, most) ?? fallback;
        switch (name.String())
        {
            case "gate":
                return new GateRule(Value("buyAbove", 0.6, 0, 1), Value("sellBelow", 0.4, 0, 1));
            case "veto":
                return new VetoRule(Value("below", 0.4, 0, 1));
            case "size":
                var (from, full) = (Value("from", 0.5, 0, 1), Value("full", 0.7, 0, 1));
                return full > from ? new SizeRuleByProbability(from, full) : throw part.Fault($"'full' ({full}) must be greater than 'from' ({from})");
            case "stop":
                return new StopByVolatilityRule(Value("multiple", 2, 0.01, 100), part.Find("bars")?.Whole(1, 100_000) ?? 1);
            default:
                // A round trip pays commission and slippage twice.
                return new MinimumReturnRule(Value("costPercent", 2 * (batch.Execution.CommissionPercent + batch.Execution.SlippagePercent), 0, 100), Value("minimumPercent", 0, 0, 100));
        }
    }

    private static T Checked<T>(JsonPart part, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (LearningInputException e)
        {
            throw new InputException(part.Fault(e.Message).Message, e);
        }
    }
}
