using Granary.Contracts.Batches;
using Granary.Contracts.Jobs;

namespace Granary.Client;

/// <summary>Batches. A submitted batch is a job: <see cref="JobsApi"/> returns its status and its files.</summary>
public sealed class BatchesApi
{
    private readonly ApiConnection _api;

    internal BatchesApi(ApiConnection api) => _api = api;

    /// <summary>Submits a batch.</summary>
    /// <param name="batch">The text of the batch file, or JSON of your own objects.</param>
    /// <param name="idempotencyKey">Repeated submissions with the same key give the same job.</param>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The path of the batch file, for messages.</param>
    /// <param name="check">Whether to refuse it at once if a file, a source or a symbol of it does not exist.</param>
    public Task<JobStatus> SubmitAsync(HttpContent batch, string? idempotencyKey = null, string? folder = null, string? file = null,
        bool check = false, CancellationToken cancellationToken = default) =>
        _api.SendAsync<JobStatus>(HttpMethod.Post, $"batches?folder={folder}&file={file}&check={check}", batch, cancellationToken,
            "Idempotency-Key", idempotencyKey);

    /// <summary>Submits an experiment on a batch.</summary>
    /// <param name="batch">The text of the batch file.</param>
    /// <param name="strategies">The number of strategies to use, from the batch's first; null for all.</param>
    /// <inheritdoc cref="SubmitAsync"/>
    public Task<JobStatus> SubmitExperimentAsync(HttpContent batch, string? idempotencyKey = null, string? folder = null,
        string? file = null, int? strategies = null, bool check = false, CancellationToken cancellationToken = default) =>
        _api.SendAsync<JobStatus>(HttpMethod.Post, $"automl?folder={folder}&file={file}&check={check}&num_strategies={strategies}", batch,
            cancellationToken, "Idempotency-Key", idempotencyKey);

    /// <summary>Submits the sample batch.</summary>
    public Task<JobStatus> SubmitQuickstartAsync(CancellationToken cancellationToken = default) =>
        _api.PostAsync<JobStatus>($"batches/quickstart", null, cancellationToken);

    /// <summary>A strategy of a running batch.</summary>
    public Task<BatchStrategy> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _api.GetAsync<BatchStrategy>($"batches/{id}/strategies/{strategy}", cancellationToken);

    /// <summary>Stops one strategy of a running batch; the others continue.</summary>
    public Task<BatchStrategy> StopStrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _api.SendAsync<BatchStrategy>(HttpMethod.Delete, $"batches/{id}/strategies/{strategy}", null, cancellationToken);

    /// <summary>The portfolio of a running batch.</summary>
    public Task<BatchPortfolio> PortfolioAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<BatchPortfolio>($"batches/{id}/portfolio", cancellationToken);
}
