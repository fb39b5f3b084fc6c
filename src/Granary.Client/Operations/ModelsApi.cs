// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Models.</summary>
public sealed class ModelsApi
{
    private readonly ApiConnection _connection;

    internal ModelsApi(ApiConnection connection) => _connection = connection;

    /// <summary>The models of the server's registry.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<ModelEntry>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<ModelEntry>>(new ApiRequest(HttpMethod.Get, "api/v1/models"), cancellationToken);

    /// <summary>The versions of a model, with what each was trained on.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<VersionEntry>> ListModelVersionsAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<VersionEntry>>(new ApiRequest(HttpMethod.Get,
            $"api/v1/models/{ApiRequest.Segment(name)}/versions"), cancellationToken);

    /// <summary>A version of a model with its figures, calibration and importance.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<VersionDetail> GetModelVersionAsync(string name, int number, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<VersionDetail>(new ApiRequest(HttpMethod.Get,
            $"api/v1/models/{ApiRequest.Segment(name)}/versions/{ApiRequest.Segment(number)}"), cancellationToken);

    /// <summary>How two versions of a model differ.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<Difference>> CompareModelVersionsAsync(string name, int first, int second,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<Difference>>(new ApiRequest(HttpMethod.Get, $"api/v1/models/{ApiRequest.Segment(name)}/compare")
            .Query("first", first).Query("second", second), cancellationToken);

    /// <summary>Whether a version predicts better than the current one on the test windows that both have.</summary>
    /// <remarks>A paired t-test of the figure out of sample, window by window. Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ModelChallenge> ChallengeModelVersionAsync(string name, int current, int challenger,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ModelChallenge>(new ApiRequest(HttpMethod.Get, $"api/v1/models/{ApiRequest.Segment(name)}/challenge")
            .Query("current", current).Query("challenger", challenger), cancellationToken);

    /// <summary>Predictions of a model's versions, outcomes of live sessions, and what follows.</summary>
    /// <remarks>
    /// A version drifts when its squared errors grow (detector adwin). Other versions predict the same outcomes; one is better by a paired
    /// t-test after 32, 64, … 2,048 outcomes, at 5 % over all looks. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ModelInUse> GetModelUseAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ModelInUse>(new ApiRequest(HttpMethod.Get, $"api/v1/models/{ApiRequest.Segment(name)}/use"),
            cancellationToken);

    /// <summary>Make a version of a model the current one.</summary>
    /// <remarks>A live session whose policy follows the registry takes it from the next bar on. Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ModelPointer> PromoteModelAsync(string name, Promotion body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ModelPointer>(new ApiRequest(HttpMethod.Post, $"api/v1/models/{ApiRequest.Segment(name)}/promote").Json(body),
            cancellationToken);

    /// <summary>Make the version before the current one current again.</summary>
    /// <remarks>Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ModelPointer> RollBackModelAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ModelPointer>(new ApiRequest(HttpMethod.Post, $"api/v1/models/{ApiRequest.Segment(name)}/rollback"),
            cancellationToken);

    /// <summary>What a version says of rows of features.</summary>
    /// <remarks>
    /// The body is { "version": 3, "rows": [ { "rsi(14)": 55.1 } ] }; without a version the current one answers. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ModelAnswers> PredictAsync(string name, PredictionRequest body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ModelAnswers>(new ApiRequest(HttpMethod.Post, $"api/v1/models/{ApiRequest.Segment(name)}/predict").Json(body),
            cancellationToken);
}
