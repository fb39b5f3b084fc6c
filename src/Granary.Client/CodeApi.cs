using System.Text.Json.Nodes;
using Granary.Contracts.Code;

namespace Granary.Client;

/// <summary>Strategies in one C# file. Their callers need the right <c>code</c>.</summary>
public sealed class CodeApi
{
    private readonly ApiConnection _api;

    internal CodeApi(ApiConnection api) => _api = api;

    /// <summary>A strategy file to begin with.</summary>
    public Task<StrategyFile> ExampleAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<StrategyFile>($"code/example", cancellationToken);

    /// <summary>Compiles a file without running it.</summary>
    public Task<CodeCheckAnswer> CheckAsync(StrategyFile file, CancellationToken cancellationToken = default) =>
        _api.PostAsync<CodeCheckAnswer>($"code/check", ApiConnection.Json(file), cancellationToken);

    /// <summary>The text of a batch that runs a file; <see cref="BatchesApi.SubmitAsync"/> submits it.</summary>
    public Task<JsonObject> BatchAsync(StrategyFileRun run, CancellationToken cancellationToken = default) =>
        _api.PostAsync<JsonObject>($"code/batch", ApiConnection.Json(run), cancellationToken);

    /// <summary>Lists what may stand at a position of a file.</summary>
    public Task<CodeSuggestions> CompleteAsync(StrategyFilePosition at, CancellationToken cancellationToken = default) =>
        _api.PostAsync<CodeSuggestions>($"code/complete", ApiConnection.Json(at), cancellationToken);
}
