using System.Globalization;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Retraining;
using Granary.Learning.Watching;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>What is to be predicted.</summary>
public enum LabelKind
{
    /// <summary>1 where the close in so many bars is higher.</summary>
    Direction,

    /// <summary>The logarithmic return over so many bars.</summary>
    Return,

    /// <summary>The deviation of the next one-bar returns.</summary>
    Volatility,

    /// <summary>1 where a target is touched before a stop.</summary>
    TripleBarrier,

    /// <summary>1 where the strategy's own trade gains after commission.</summary>
    Trade,

    /// <summary>The worst loss of an entry's position over so many bars, a fraction of its value.</summary>
    Drawdown,
}

/// <param name="Bars">How far ahead; the time limit of a triple barrier.</param>
/// <param name="Target">Of a triple barrier, in deviations of <c>volatility(20)</c> over <paramref name="Bars"/> bars.</param>
/// <param name="Stop">The same below.</param>
public sealed record LabelSpec(LabelKind Kind, int Bars = 5, double Target = 1, double Stop = 1)
{
    public PredictionMeaning Meaning => Kind switch
    {
        LabelKind.Return => PredictionMeaning.ExpectedReturn,
        LabelKind.Volatility => PredictionMeaning.ExpectedVolatility,
        LabelKind.Trade => PredictionMeaning.ProbabilityOfGain,
        LabelKind.Drawdown => PredictionMeaning.ExpectedDrawdown,
        _ => PredictionMeaning.ProbabilityOfRise,
    };

    /// <summary>Reads what <see cref="ToString"/> writes, as a model's lineage has it.</summary>
    /// <returns>null for another text, such as the label of a table.</returns>
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
        _ => FormattableString.Invariant($"{Kind.ToString().ToLowerInvariant()}({Bars})"),
    };
}

/// <summary>How samples count in a fold's training.</summary>
[Flags]
public enum WeightKinds
{
    None = 0,

    /// <summary>Labels that overlap share their say.</summary>
    Uniqueness = 1,

    /// <summary>Both classes have the same say.</summary>
    Balanced = 2,
}

/// <param name="Train">Samples of a window, or of the first one where it expands; null = two fifths of all.</param>
/// <param name="Test">Samples tested by each; null = a tenth of all.</param>
public sealed record TrainingWindows(bool Rolling = false, int? Train = null, int? Test = null, int Gap = 0);

/// <summary>One section of a batch's <c>learning</c>: a model, how it is trained, and what it does for which strategies.</summary>
public sealed record LearningSpec
{
    /// <summary>What the process knows: its trainers and model kinds train and read the models.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    /// <summary>Versions are kept under it, with the market or the strategy behind it.</summary>
    public required string Name { get; init; }

    /// <summary>Ids or classes, <c>*</c> standing for any text.</summary>
    public required IReadOnlyList<string> Strategies { get; init; }

    public required string Trainer { get; init; }

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public FeatureSet Features { get; init; } = FeatureSet.Default;

    /// <summary>Of the portfolio; only a model of the risk reads them.</summary>
    public IReadOnlyList<PortfolioFeature> PortfolioFeatures { get; init; } = [];

    /// <summary>What a model of the risk reads.</summary>
    public EntryFeatures EntryFeatures => new(Features, PortfolioFeatures);

    /// <summary>Whether the model caps the portfolio's exposure, in place of judging a strategy's entries.</summary>
    public bool IsOfRisk => Label.Kind == LabelKind.Drawdown;

    /// <summary>How many features are chosen within each fold; 0 = all.</summary>
    public int Keep { get; init; }

    public LabelSpec Label { get; init; } = new(LabelKind.Direction);

    public WeightKinds Weights { get; init; } = WeightKinds.Uniqueness;

    public TrainingWindows WalkForward { get; init; } = new();

    public EntryRule Rule { get; init; } = new GateRule();

    /// <summary>What is done when predictions get worse; null = nothing.</summary>
    public WatchRule? Watch { get; init; }

    /// <summary>When each strategy's model is trained again; null = at the windows of <see cref="WalkForward"/>, for all that share it.
    /// </summary>
    public RetrainingRule? Retrain { get; init; }

    /// <summary>Whether each strategy has a model of its own.</summary>
    public bool IsOfOneStrategy => Label.Kind == LabelKind.Trade || Retrain is not null;

    /// <summary>Whether entries are refused whose features are unlike the training data.</summary>
    public bool Abstains { get; init; }

    /// <summary>The folder of versions, or a database as postgres://….</summary>
    public required Address Registry { get; init; }

    /// <summary>The folder that a stopped training goes on from.</summary>
    public required string Cache { get; init; }

    /// <summary>Whether the newest version becomes the current one.</summary>
    public bool Promote { get; init; } = true;

    /// <summary>Trainers that <c>experiment</c> compares.</summary>
    public required IReadOnlyList<string> Trainers { get; init; }

    /// <summary>Labels that <c>experiment</c> compares.</summary>
    public required IReadOnlyList<LabelSpec> Labels { get; init; }

    /// <summary>By what <c>experiment</c> ranks them.</summary>
    public ExperimentFitness Fitness { get; init; }

    /// <summary>The share of samples with the highest predictions that a precision is of.</summary>
    public double Top { get; init; } = 0.1;

    /// <summary>What <c>experiment</c> searches; null where it compares trainers and labels.</summary>
    public SearchSpec? Search { get; init; }

    public required JsonPart Place { get; init; }

    public bool Covers(StrategyInstance instance) => Strategies.Any(p => Matches(p, instance.Id) || Matches(p, instance.Definition.Name));

    // '*' stands for any text; the rest is literal.
    private static bool Matches(string pattern, string text)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1) return pattern == text;
        if (!text.StartsWith(parts[0], StringComparison.Ordinal)) return false;
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            at = text.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0) return false;
            at += part.Length;
        }
        return text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
