using Orleans.Concurrency;

namespace Granary.Cluster.Models;

/// <summary>
/// A model of a registry; the key is <see cref="ModelKey"/>. Predicts with the version in use, remembers what it predicted until the outcome is known,
/// and says when the two have drifted so far apart that it wants to be trained again. Answered means durable.
/// </summary>
[Alias("granary.IModelGrain")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>The model's versions, rising, and which one is in use.</summary>
    /// <exception cref="Granary.Application.Json.InputException">There is no such model.</exception>
    [AlwaysInterleave, Alias("Versions")]
    Task<ModelVersions> VersionsAsync();

    /// <summary>What the version in use makes of some features, in its order.</summary>
    /// <param name="subject">What is predicted, as a signal's id; the outcome is told under the same name. The same again changes nothing.</param>
    /// <exception cref="Granary.Application.Json.InputException">No version is in use, or it expects another number of features.</exception>
    [Alias("Predict")]
    Task<ModelPrediction> PredictAsync(string subject, double[] features);

    /// <summary>How what was predicted came out: 1 or 0 for a probability, the label itself otherwise.</summary>
    /// <returns>How far predictions and outcomes have drifted apart.</returns>
    [Alias("Resolve")]
    Task<ModelDrift> ResolveAsync(string subject, double outcome);

    [AlwaysInterleave, Alias("Drift")]
    Task<ModelDrift> DriftAsync();
}

/// <summary>Which model of which registry.</summary>
/// <param name="Registry">A folder or a database, as a batch names it.</param>
public readonly record struct ModelKey(string Registry, string Model)
{
    public override string ToString() => $"{Registry}|{Model}";

    public static ModelKey Parse(string key) => new(key[..key.LastIndexOf('|')], key[(key.LastIndexOf('|') + 1)..]);
}

/// <param name="Numbers">Rising.</param>
/// <param name="Current">0 where none is in use.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelVersions")]
public sealed record ModelVersions([property: Id(0)] IReadOnlyList<int> Numbers, [property: Id(1)] int Current);

/// <param name="Version">That predicted.</param>
/// <param name="Value">A probability, or the expected label; NaN where a feature is not finite.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelPrediction")]
public sealed record ModelPrediction([property: Id(0)] string Subject, [property: Id(1)] int Version, [property: Id(2)] double Value);

/// <summary>The newest outcomes beside what the version in use was registered with.</summary>
/// <param name="Open">Predictions whose outcome is not known yet.</param>
/// <param name="Outcomes">Of the version in use, the newest <c>200</c> at most.</param>
/// <param name="Loss">Their mean loss: log-loss of a probability, squared error otherwise; NaN without outcomes.</param>
/// <param name="Expected">The loss out of sample that the version was registered with; NaN where it has none.</param>
/// <param name="WantsTraining">The loss is above the expected one by more than three standard errors, over 50 outcomes at least.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelDrift")]
public sealed record ModelDrift(
    [property: Id(0)] int Open, [property: Id(1)] int Outcomes, [property: Id(2)] double Loss, [property: Id(3)] double Expected, [property: Id(4)] bool WantsTraining);
