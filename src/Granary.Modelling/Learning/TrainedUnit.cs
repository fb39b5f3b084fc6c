using Granary.Learning.Evaluation;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>A trained model for one market, shared by its strategies, or for one strategy's trades.</summary>
/// <param name="Name">Name in the registry.</param>
/// <param name="Error">The reason why there is no model; its strategies run without one.</param>
/// <param name="InSample">
/// Metrics of the model that is registered, on its own training samples: of the version in force after retrainings, else of that of all
/// samples.
/// </param>
/// <param name="OutOfSample">Metrics over the tests of all windows.</param>
internal sealed record TrainedUnit(string Name, string Data, LearningSpec Spec, IReadOnlyList<int> Strategies, int Samples,
    IReadOnlyList<WindowResult> Windows,
    IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample,
    IReadOnlyList<CalibrationBin> Calibration,
    IReadOnlyList<FeatureImportance> Importance, ModelVersion? Version, EntryModel? Model, string? Error)
{
    /// <summary>Main metric in sample minus out of sample; null if one of them is undefined.</summary>
    public double? TrainTestGap => ModelMetrics.GapOf(InSample, OutOfSample);

    /// <summary>
    /// Filters entries by the model of all samples, from the time at which its last label was known; null if there is no model.
    /// </summary>
    public EntryModel? Whole { get; init; }

    /// <summary>Other symbols whose closes the features read.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The deadline, UTC, that the version's promotion missed; null if it was promoted or not meant to be.</summary>
    public DateTimeOffset? LateFor { get; init; }

    /// <summary>Time of the last label that the registered model learned from, UTC; null without a model.</summary>
    public DateTime? LearnedTo { get; init; }

    /// <summary>Dissimilarity above which the registered model abstains; null if it does not measure dissimilarity.</summary>
    public double? DissimilarityThreshold { get; init; }

    /// <summary>The risk model; null for an entry filter.</summary>
    public RiskModel? Risk { get; init; }

    /// <summary>Decisions of its retrainings; null if it is trained in windows.</summary>
    public RetrainedVersions? Retrained { get; init; }

    /// <summary>Suspicious findings about the predictions out of sample, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Predictions of its models with the actual labels, in the order of windows.</summary>
    public IReadOnlyList<PredictedSample> Predictions { get; init; } = [];

    /// <summary>Time from which the model is used, UTC ticks; the maximum value if it never is.</summary>
    public long ActiveFrom => Model is { Windows: [var first, ..] } ? first.From
        : Windows.Count > 0 && Risk is not null ? Windows[0].TestFrom.Ticks : long.MaxValue;
}
