using System.Text.Json.Nodes;
using Granary.Contracts.Models;

namespace Granary.Client;

/// <summary>The registry of models. A version's lineage is JSON: it is a record of the learning library, not of this client.</summary>
public sealed class ModelsApi
{
    private readonly ApiConnection _api;

    internal ModelsApi(ApiConnection api) => _api = api;

    /// <summary>All models.</summary>
    public Task<IReadOnlyList<ModelEntry>> ListAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<ModelEntry>>($"models", cancellationToken);

    /// <summary>The versions of a model, with their lineage.</summary>
    public Task<IReadOnlyList<JsonObject>> VersionsAsync(string name, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<JsonObject>>($"models/{name}/versions", cancellationToken);

    /// <summary>A version with its figures, calibration and importance.</summary>
    public Task<JsonObject> VersionAsync(string name, int number, CancellationToken cancellationToken = default) =>
        _api.GetAsync<JsonObject>($"models/{name}/versions/{number}", cancellationToken);

    /// <summary>The fields in which two versions differ.</summary>
    public Task<IReadOnlyList<Difference>> CompareAsync(string name, int first, int second,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<Difference>>($"models/{name}/compare?first={first}&second={second}", cancellationToken);

    /// <summary>Whether a version predicts better than the current one.</summary>
    public Task<ModelChallenge> ChallengeAsync(string name, int current, int challenger, CancellationToken cancellationToken = default) =>
        _api.GetAsync<ModelChallenge>($"models/{name}/challenge?current={current}&challenger={challenger}", cancellationToken);

    /// <summary>Predictions and outcomes of the versions in use.</summary>
    public Task<ModelInUse> UseAsync(string name, CancellationToken cancellationToken = default) =>
        _api.GetAsync<ModelInUse>($"models/{name}/use", cancellationToken);

    /// <summary>Makes a version the current one.</summary>
    /// <returns>The current version and those before it.</returns>
    public Task<JsonObject> PromoteAsync(string name, int version, CancellationToken cancellationToken = default) =>
        _api.PostAsync<JsonObject>($"models/{name}/promote", ApiConnection.Json(new Promotion(version)), cancellationToken);

    /// <summary>Makes the previous version the current one again.</summary>
    /// <returns>The current version and those before it.</returns>
    public Task<JsonObject> RollBackAsync(string name, CancellationToken cancellationToken = default) =>
        _api.PostAsync<JsonObject>($"models/{name}/rollback", null, cancellationToken);

    /// <summary>Predictions for rows of features.</summary>
    /// <param name="rows">A value for each feature of the model.</param>
    /// <param name="version">The version; null for the current one.</param>
    public Task<ModelAnswers> PredictAsync(string name, IReadOnlyList<IReadOnlyDictionary<string, double>> rows, int? version = null,
        CancellationToken cancellationToken = default) =>
        _api.PostAsync<ModelAnswers>($"models/{name}/predict", ApiConnection.Json(new { version, rows }), cancellationToken);
}
