using Orleans.Concurrency;

namespace Granary.Cluster.Models;

/// <summary>
/// A model of a registry; the key is <see cref="ModelKey"/>. Predicts with the current version, keeps predictions until their outcomes are
/// known, and reports when its error has changed so much that the model needs training. Predictions and outcomes are stored together every
/// two seconds; a lost silo loses those that are not stored yet, and their outcomes are then ignored.
/// </summary>
[Alias("granary.IModelGrain")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>Returns the model's versions in ascending order, and the current one.</summary>
    /// <exception cref="Granary.Application.Json.InputException">There is no such model.</exception>
    [AlwaysInterleave, Alias("Versions")]
    Task<ModelVersions> VersionsAsync();

    /// <summary>Predicts with the current version from features in its order.</summary>
    /// <param name="subject">Id of the prediction, such as a signal's id; its outcome has the same id. Repeated calls change
    /// nothing.</param>
    /// <exception cref="Granary.Application.Json.InputException">There is no current version, or it expects another number of
    /// features.</exception>
    [Alias("Predict")]
    Task<ModelPrediction> PredictAsync(string subject, double[] features);

    /// <summary>Records an outcome: 1 or 0 for a probability, otherwise the label.</summary>
    /// <returns>The drift between predictions and outcomes.</returns>
    [Alias("Resolve")]
    Task<ModelDrift> ResolveAsync(string subject, double outcome);

    [AlwaysInterleave, Alias("Drift")]
    Task<ModelDrift> DriftAsync();
}

/// <summary>Identifies a model of a registry.</summary>
/// <param name="Registry">Folder or database, as in a batch file.</param>
public readonly record struct ModelKey(string Registry, string Model)
{
    public override string ToString() => $"{Registry}|{Model}";

    public static ModelKey Parse(string key) => new(key[..key.LastIndexOf('|')], key[(key.LastIndexOf('|') + 1)..]);
}

/// <param name="Numbers">Version numbers in ascending order.</param>
/// <param name="Current">The current version; 0 if there is none.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelVersions")]
public sealed record ModelVersions([property: Id(0)] IReadOnlyList<int> Numbers, [property: Id(1)] int Current);

/// <param name="Version">The version that predicted.</param>
/// <param name="Value">A probability, or the expected label; NaN if a feature is not finite.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelPrediction")]
public sealed record ModelPrediction([property: Id(0)] string Subject, [property: Id(1)] int Version, [property: Id(2)] double Value);

/// <summary>The newest outcomes compared with the registered quality of the current version.</summary>
/// <param name="Open">Number of predictions without an outcome.</param>
/// <param name="Outcomes">The newest outcomes of the current version, at most 200.</param>
/// <param name="Loss">Their mean loss: log-loss of a probability, squared error otherwise; NaN without outcomes.</param>
/// <param name="Expected">Out-of-sample loss with which the version was registered; NaN without one.</param>
/// <param name="WantsTraining">Whether the squared error of the current version has grown, as the detector of
/// <see cref="Granary.Learning.Drift.AdaptiveWindow"/> finds it.</param>
/// <param name="Predictions">Predictions of the current version.</param>
/// <param name="Unsaved">Predictions and outcomes that are not stored yet.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelDrift")]
public sealed record ModelDrift(
    [property: Id(0)] int Open,
    [property: Id(1)] int Outcomes,
    [property: Id(2)] double Loss,
    [property: Id(3)] double Expected,
    [property: Id(4)] bool WantsTraining,
    [property: Id(5)] long Predictions = 0,
    [property: Id(6)] int Unsaved = 0);
