using Granary.Learning.Evaluation;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>A model that was trained: for a market (its strategies share it) or for one strategy's trades.</summary>
/// <param name="Name">In the registry.</param>
/// <param name="Error">Why there is none; its strategies go on without it.</param>
/// <param name="OutOfSample">Over all windows' tests together.</param>
public sealed record TrainedUnit(string Name, string Data, LearningSpec Spec, IReadOnlyList<int> Strategies, int Samples,
    IReadOnlyList<WindowResult> Windows,
    IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample, double? TrainTestGap,
    IReadOnlyList<CalibrationBin> Calibration,
    IReadOnlyList<FeatureImportance> Importance, ModelVersion? Version, EntryModel? Model, string? Error)
{
    /// <summary>
    /// Judges by the one model that has learned from all samples, from when their last label was known; null where there is no model.
    /// </summary>
    public EntryModel? Whole { get; init; }

    /// <summary>Other symbols whose closes its features read.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The time before which its version would have been promoted, UTC; null where it was, or was not to be.</summary>
    public DateTimeOffset? LateFor { get; init; }

    /// <summary>When the last label was known that the model of all samples learned from, UTC; null without a model.</summary>
    public DateTime? LearnedTo { get; init; }

    /// <summary>Above it the model of all samples abstains; null where it does not measure dissimilarity.</summary>
    public double? DissimilarityThreshold { get; init; }

    /// <summary>The models of the risk of entries; null for a model that judges them.</summary>
    public RiskModel? Risk { get; init; }

    /// <summary>What its retrainings decided; null where it is trained in windows.</summary>
    public RetrainedVersions? Retrained { get; init; }

    /// <summary>What its models predicted of the samples, and what came; in the order of windows.</summary>
    public IReadOnlyList<PredictedSample> Predictions { get; init; } = [];

    /// <summary>From when it is asked, UTC ticks; the maximum where it never is.</summary>
    public long ActiveFrom => Model is { Windows: [var first, ..] } ? first.From
        : Windows.Count > 0 && Risk is not null ? Windows[0].TestFrom.Ticks : long.MaxValue;
}
