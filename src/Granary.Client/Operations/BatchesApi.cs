// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Batches.</summary>
public sealed class BatchesApi
{
    private readonly ApiConnection _connection;

    internal BatchesApi(ApiConnection connection) => _connection = connection;

    /// <summary>Submit a batch file's text.</summary>
    /// <remarks>
    /// The body is the batch file as it stands, comments and all. Send Idempotency-Key to make a repeated submission give the same batch; a
    /// key is known as long as its batch. Relative paths start from ?folder=, or without it, and always where the server is confined to it,
    /// from the server's data folder. Needs the role submitter.
    /// </remarks>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The file's path at the client, for messages.</param>
    /// <param name="body">The batch file.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> SubmitBatchAsync(BatchFile body, string? idempotencyKey = null, string? folder = null, string? file = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, "api/v1/batches").Header("Idempotency-Key", idempotencyKey)
            .Query("Folder", folder).Query("File", file).Json(body), cancellationToken);

    /// <summary>Submit a batch file's text.</summary>
    /// <remarks>
    /// The body is the batch file as it stands, comments and all. Send Idempotency-Key to make a repeated submission give the same batch; a
    /// key is known as long as its batch. Relative paths start from ?folder=, or without it, and always where the server is confined to it,
    /// from the server's data folder. Needs the role submitter.
    /// </remarks>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The file's path at the client, for messages.</param>
    /// <param name="body">The batch file. Its media type is one of application/json, text/plain, application/octet-stream.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> SubmitBatchAsync(HttpContent body, string? idempotencyKey = null, string? folder = null, string? file = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, "api/v1/batches").Header("Idempotency-Key", idempotencyKey)
            .Query("Folder", folder).Query("File", file).Body(body), cancellationToken);

    /// <summary>The newest batches first.</summary>
    /// <remarks>The header Link names the next page. Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiAnswer<IReadOnlyList<JobStatus>>> ListBatchesAsync(string? cursor = null, string? state = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAnswerAsync<IReadOnlyList<JobStatus>>(new ApiRequest(HttpMethod.Get, "api/v1/batches").Query("cursor", cursor)
            .Query("state", state).Query("limit", limit), cancellationToken);

    /// <summary>Submit the sample batch: a thousand strategies on six synthetic markets.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> SubmitQuickstartAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, "api/v1/batches/quickstart"), cancellationToken);

    /// <summary>A strategy of a running batch: bars, equity, open position and trades so far.</summary>
    /// <remarks>
    /// The id of the strategy is percent-encoded. Strategies of an ended batch are in its results (/runs/{id}/strategies). Needs the role
    /// viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<BatchStrategy> GetBatchStrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<BatchStrategy>(new ApiRequest(HttpMethod.Get,
            $"api/v1/batches/{ApiRequest.Segment(id)}/strategies/{ApiRequest.Segment(strategy)}"), cancellationToken);

    /// <summary>Stop one strategy of a running batch.</summary>
    /// <remarks>
    /// The strategy fails before its next block, with the caller's name as its error; the others go on. One that has ended stays as it is.
    /// The answer is the strategy as it stood. Needs the role submitter.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<BatchStrategy> StopBatchStrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<BatchStrategy>(new ApiRequest(HttpMethod.Delete,
            $"api/v1/batches/{ApiRequest.Segment(id)}/strategies/{ApiRequest.Segment(strategy)}"), cancellationToken);

    /// <summary>The portfolio of a running batch: equity, cash, exposure and trades at its last row so far.</summary>
    /// <remarks>
    /// The portfolio begins when all strategies have finished. That of an ended batch is in its results (/runs/{id}). Needs the role
    /// viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<BatchPortfolio> GetBatchPortfolioAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<BatchPortfolio>(new ApiRequest(HttpMethod.Get, $"api/v1/batches/{ApiRequest.Segment(id)}/portfolio"),
            cancellationToken);

    /// <summary>How a batch stands.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> GetBatchAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Get, $"api/v1/batches/{ApiRequest.Segment(id)}"), cancellationToken);

    /// <summary>Cancel a batch; one that has ended stays as it is.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> CancelBatchAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Delete, $"api/v1/batches/{ApiRequest.Segment(id)}"), cancellationToken);

    /// <summary>How a batch stands, each time that it changes, as server-sent events.</summary>
    /// <remarks>
    /// Events 'progress' and at last 'done', 'failed' or 'cancelled', each with the whole status as data and its revision as id. The first
    /// comes at once; after a broken connection just connect again. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public IAsyncEnumerable<JobStatus> WatchBatchAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.WatchAsync<JobStatus>(new ApiRequest(HttpMethod.Get, $"api/v1/batches/{ApiRequest.Segment(id)}/events"),
            cancellationToken);

    /// <summary>Queue a cancelled batch again; it continues from the strategies that had finished.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> ResumeBatchAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, $"api/v1/batches/{ApiRequest.Segment(id)}/resume"),
            cancellationToken);

    /// <summary>A file of a batch, once it is done.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> GetBatchFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/batches/{ApiRequest.Segment(id)}/files/{ApiRequest.Segment(name)}"),
            cancellationToken);
}
