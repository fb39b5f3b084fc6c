using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a section of <c>learning</c>.</summary>
internal sealed record LearningKeys
{
    [Key("of the versions", Without = "the batch's name", Reach = KeyReach.Label)]
    public string? Name { get; init; }

    [Key("ids or classes of the strategies, `*` = any text", Without = "all")]
    public IReadOnlyList<string> Strategies { get; init; } = [];

    [Key("a name of `granary trainers`")]
    public string Trainer { get; init; } = "gradient-boosting";

    [Key("the trainer's parameters, by name", Without = "the trainer's", Offers = KeyType.AnyValue)]
    public IReadOnlyDictionary<string, JsonPart> Params { get; init; } = new Dictionary<string, JsonPart>();

    [Key("factors; `/close` divides by the close, `[3]` takes the value three bars ago", Without = "a usual set")]
    public IReadOnlyList<string> Features { get; init; } = [];

    [Key("number of features, chosen within each fold by rank correlation", Without = "all"), Range(1, 4096)]
    public int? Select { get; init; }

    [Key("what the model predicts", Without = "`direction`")]
    public LabelKeys? Label { get; init; }

    [Key("`uniqueness`: labels that overlap in time share their weight; `balanced`: equal class weights",
        Words = "none uniqueness balanced", Without = "`uniqueness`")]
    public IReadOnlyList<WeightKinds> Weights { get; init; } = [WeightKinds.Uniqueness];

    [Key("the windows of the training, in samples", Without = "expanding")]
    public TrainingWindowKeys WalkForward { get; init; } = new();

    [Key("the rule that turns predictions into decisions", Without = "`gate`, `limit`")]
    public EntryRuleKeys? Apply { get; init; }

    [Key("the reaction to worse predictions", Without = "no watch")]
    public WatchKeys? Watch { get; init; }

    [Key("train each strategy's model again", Without = "at the windows of `walkForward`")]
    public RetrainingKeys? Retrain { get; init; }

    [Key("refuse entries whose features are unlike the training data")]
    public bool Abstain { get; init; }

    [Key("a folder or `postgres://…` of the versions", Without = "`models`", Offers = "registry", Reach = KeyReach.Label)]
    public Address? Registry { get; init; }

    [Key("whether the newest version becomes the current one")]
    public bool Promote { get; init; } = true;

    [Key("what `granary experiment` compares", Without = "all trainers")]
    public ExperimentKeys? Experiment { get; init; }
}

/// <summary>The keys of a label, or its kind alone.</summary>
[ShortForm("kind")]
internal sealed record LabelKeys : IKeyFaults
{
    [Key("what is predicted", Without = "required")]
    public required LabelKind Kind { get; init; }

    [Key("horizon in bars", Without = "5; 10 of `volatility`, 20 of `triple-barrier` and `drawdown`"), Range(1, 10_000)]
    public int? Bars { get; init; }

    [Key("`triple-barrier`: target in deviations of `volatility(20)` over the bars", Without = "1"), Range(0.01, 100)]
    public double? Target { get; init; }

    [Key("`triple-barrier`: the same below", Without = "1"), Range(0.01, 100)]
    public double? Stop { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Fault)> KeyFaults
    {
        get
        {
            if (Kind != LabelKind.TripleBarrier && (Target ?? Stop) is not null)
                yield return (Target is null ? "stop" : "target", "only a triple-barrier has a target and a stop");
            if (Kind == LabelKind.Trade && Bars is not null) yield return ("bars", "a trade ends when it ends; leave 'bars' out");
            if (Kind == LabelKind.Volatility && Bars < 2) yield return ("bars", "a volatility needs 2 bars or more");
        }
    }

    public LabelSpec ToSpec()
    {
        var ahead = Kind switch
        {
            LabelKind.TripleBarrier or LabelKind.Drawdown => 20,
            LabelKind.Volatility => 10,
            _ => 5,
        };
        return new LabelSpec(Kind, Bars ?? ahead, Target ?? 1, Stop ?? 1);
    }
}

/// <summary>The keys of <c>walkForward</c> in a section of <c>learning</c>.</summary>
internal sealed record TrainingWindowKeys
{
    [Key("whether windows keep their first sample", Words = "expanding rolling")]
    public string Window { get; init; } = "expanding";

    [Key("samples of a training window, or of the first one", Without = "two fifths of all"), Range(20, int.MaxValue)]
    public int? Train { get; init; }

    [Key("samples of each test", Without = "a tenth of all"), Range(1, int.MaxValue)]
    public int? Test { get; init; }

    [Key("samples between the two that are left out"), Range(0, int.MaxValue)]
    public int Gap { get; init; }

    public TrainingWindows ToWindows() => new(Window == "rolling", Train, Test, Gap);
}
