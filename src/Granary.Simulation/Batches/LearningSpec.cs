using System.Globalization;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Retraining;
using Granary.Learning.Watching;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The value that a model predicts.</summary>
internal enum LabelKind
{
    /// <summary>1 if the close after the given number of bars is higher.</summary>
    Direction,

    /// <summary>Log return over the given number of bars.</summary>
    Return,

    /// <summary>Standard deviation of the next one-bar returns.</summary>
    Volatility,

    /// <summary>1 if the target is touched before the stop.</summary>
    TripleBarrier,

    /// <summary>1 if the strategy's own trade makes a profit after commission.</summary>
    Trade,

    /// <summary>Largest loss of an entry's position over the given number of bars, as a fraction of its value.</summary>
    Drawdown,
}

/// <param name="Bars">Horizon in bars; the time limit of a triple barrier.</param>
/// <param name="Target">Target of a triple barrier, in multiples of <c>volatility(20)</c> over <paramref name="Bars"/> bars.</param>
/// <param name="Stop">Stop of a triple barrier, in the same unit.</param>
internal sealed record LabelSpec(LabelKind Kind, int Bars = 5, double Target = 1, double Stop = 1)
{
    public PredictionMeaning Meaning => Kind switch
    {
        LabelKind.Return => PredictionMeaning.ExpectedReturn,
        LabelKind.Volatility => PredictionMeaning.ExpectedVolatility,
        LabelKind.Trade => PredictionMeaning.ProbabilityOfGain,
        LabelKind.Drawdown => PredictionMeaning.ExpectedDrawdown,
        LabelKind.Direction or LabelKind.TripleBarrier => PredictionMeaning.ProbabilityOfRise,
    };

    /// <summary>Parses the text that <see cref="ToString"/> writes, such as the label in a model's lineage.</summary>
    /// <returns>null for a different text, such as the label of a table.</returns>
    public static LabelSpec? Find(string text)
    {
        if (text == "trade") return new LabelSpec(LabelKind.Trade);
        if (text.Split('(') is not [var word, [.. var list, ')']]) return null;
        var numbers = new List<double>();
        foreach (var part in list.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            numbers.Add(number);
        }
        return (word, numbers) switch
        {
            ("direction", [var bars]) => new LabelSpec(LabelKind.Direction, (int)bars),
            ("return", [var bars]) => new LabelSpec(LabelKind.Return, (int)bars),
            ("volatility", [var bars]) => new LabelSpec(LabelKind.Volatility, (int)bars),
            ("drawdown", [var bars]) => new LabelSpec(LabelKind.Drawdown, (int)bars),
            ("triple-barrier", [var bars, var target, var stop]) => new LabelSpec(LabelKind.TripleBarrier, (int)bars, target, stop),
            _ => null,
        };
    }

    public override string ToString() => Kind switch
    {
        LabelKind.Trade => "trade",
        LabelKind.TripleBarrier => FormattableString.Invariant($"triple-barrier({Bars},{Target},{Stop})"),
        LabelKind.Direction or LabelKind.Return or LabelKind.Volatility or LabelKind.Drawdown =>
            FormattableString.Invariant($"{Kind.ToString().ToLowerInvariant()}({Bars})"),
    };
}

/// <summary>Weighting of the samples in a fold's training.</summary>
[Flags]
internal enum WeightKinds
{
    None = 0,

    /// <summary>Samples with overlapping labels get smaller weights.</summary>
    Uniqueness = 1,

    /// <summary>Both classes get the same total weight.</summary>
    Balanced = 2,
}

/// <param name="Train">Samples of a training window, or of the first one if windows expand; null = two fifths of all.</param>
/// <param name="Test">Samples of each test; null = a tenth of all.</param>
internal sealed record TrainingWindows(bool Rolling = false, int? Train = null, int? Test = null, int Gap = 0);

/// <summary>One section of a batch's <c>learning</c>: a model, its training, and its use for some strategies.</summary>
internal sealed record LearningSpec
{
    /// <summary>Catalogues of the process; their trainers and model kinds train and load the models.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    /// <summary>Name of the models in the registry; the market or strategy is appended.</summary>
    public required string Name { get; init; }

    /// <summary>Strategy ids or classes; <c>*</c> matches any text.</summary>
    public required IReadOnlyList<string> Strategies { get; init; }

    public required string Trainer { get; init; }

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public FeatureSet Features { get; init; } = FeatureSet.Default;

    /// <summary>Features of the portfolio's state; only risk models read them.</summary>
    public IReadOnlyList<PortfolioFeature> PortfolioFeatures { get; init; } = [];

    /// <summary>Features that a risk model reads.</summary>
    public EntryFeatures EntryFeatures => new(Features, PortfolioFeatures);

    /// <summary>Whether the model caps the portfolio's exposure instead of filtering a strategy's entries.</summary>
    public bool IsOfRisk => Label.Kind == LabelKind.Drawdown;

    /// <summary>Number of features that each fold selects; 0 = all.</summary>
    public int Keep { get; init; }

    public LabelSpec Label { get; init; } = new(LabelKind.Direction);

    public WeightKinds Weights { get; init; } = WeightKinds.Uniqueness;

    public TrainingWindows WalkForward { get; init; } = new();

    public EntryRule Rule { get; init; } = new GateRule();

    /// <summary>Reaction to a decline of the predictions; null = none.</summary>
    public WatchRule? Watch { get; init; }

    /// <summary>
    /// Schedule for retraining each strategy's model; null = models are trained at the windows of <see cref="WalkForward"/> and shared.
    /// </summary>
    public RetrainingRule? Retrain { get; init; }

    /// <summary>Whether each strategy has a model of its own.</summary>
    public bool IsOfOneStrategy => Label.Kind == LabelKind.Trade || Retrain is not null;

    /// <summary>Whether the model refuses entries whose features differ too much from the training data.</summary>
    public bool Abstains { get; init; }

    /// <summary>Folder or database (postgres://…) of the model versions.</summary>
    public required Address Registry { get; init; }

    /// <summary>Folder of the cache from which an interrupted training continues.</summary>
    public required string Cache { get; init; }

    /// <summary>Whether the newest version becomes the current one.</summary>
    public bool Promote { get; init; } = true;

    /// <summary>Trainers that <c>experiment</c> compares.</summary>
    public required IReadOnlyList<string> Trainers { get; init; }

    /// <summary>Labels that <c>experiment</c> compares.</summary>
    public required IReadOnlyList<LabelSpec> Labels { get; init; }

    /// <summary>Figure by which <c>experiment</c> ranks the models.</summary>
    public ExperimentFitness Fitness { get; init; }

    /// <summary>Share of the samples with the highest predictions that <c>precision</c> counts.</summary>
    public double Top { get; init; } = 0.1;

    /// <summary>Settings of a search in <c>experiment</c>; null if it compares trainers and labels.</summary>
    public SearchSpec? Search { get; init; }

    public required JsonPart Place { get; init; }

    public bool Covers(StrategyInstance instance) =>
        Strategies.Any(p => StarPattern.Matches(p, instance.Id) || StarPattern.Matches(p, instance.Definition.Name));
}
