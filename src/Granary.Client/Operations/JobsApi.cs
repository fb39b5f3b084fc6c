// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Jobs.</summary>
public sealed class JobsApi
{
    private readonly ApiConnection _connection;

    internal JobsApi(ApiConnection connection) => _connection = connection;

    /// <summary>Submit a job.</summary>
    /// <remarks>
    /// The body is an object with the kind of job and what it needs, as { "kind": "walkforward", "batch": {} }. train, evaluate and
    /// experiment take 'batch' and 'strategies'; walkforward and reinforce take 'batch'; replay takes 'batch' and 'modelsOf', a run whose
    /// model versions it uses; track takes the options of 'granary track'; verify takes 'run', 'sample' and 'cuts'; import takes 'files',
    /// 'store', 'symbol' or 'symbolFrom', 'timeframe', and how the files are read. GET /catalogue/jobs lists the kinds. Send
    /// Idempotency-Key to make a repeated submission give the same job; a key is known as long as its job. Needs the role submitter.
    /// </remarks>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The file's path at the client, for messages.</param>
    /// <param name="body">The job.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> SubmitJobAsync(JobRequest body, string? idempotencyKey = null, string? folder = null, string? file = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, "api/v1/jobs").Header("Idempotency-Key", idempotencyKey)
            .Query("Folder", folder).Query("File", file).Json(body), cancellationToken);

    /// <summary>Jobs of all kinds, backtests among them, the newest first.</summary>
    /// <remarks>'next' is the cursor of the next page; null where this is the last. Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobPage> ListJobsAsync(string? cursor = null, string? state = null, string? kind = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobPage>(new ApiRequest(HttpMethod.Get, "api/v1/jobs").Query("cursor", cursor).Query("state", state)
            .Query("kind", kind).Query("limit", limit), cancellationToken);

    /// <summary>How a job stands.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> GetJobAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Get, $"api/v1/jobs/{ApiRequest.Segment(id)}"), cancellationToken);

    /// <summary>Cancel a job; one that has ended stays as it is.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> CancelJobAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Delete, $"api/v1/jobs/{ApiRequest.Segment(id)}"), cancellationToken);

    /// <summary>How a job stands, each time that it changes, as server-sent events.</summary>
    /// <remarks>
    /// Events 'progress' and at last 'done', 'failed' or 'cancelled', each with the whole status as data and its revision as id. The first
    /// comes at once; after a broken connection just connect again. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public IAsyncEnumerable<JobStatus> WatchJobAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.WatchAsync<JobStatus>(new ApiRequest(HttpMethod.Get, $"api/v1/jobs/{ApiRequest.Segment(id)}/events"),
            cancellationToken);

    /// <summary>Queue a cancelled job again; it continues from the strategies that had finished.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> ResumeJobAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, $"api/v1/jobs/{ApiRequest.Segment(id)}/resume"),
            cancellationToken);

    /// <summary>A file of a job, once it is done.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> GetJobFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/jobs/{ApiRequest.Segment(id)}/files/{ApiRequest.Segment(name)}"),
            cancellationToken);

    /// <summary>Compare trainers and labels on a batch file, which is the body: a job of the kind experiment.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The file's path at the client, for messages.</param>
    /// <param name="body">The batch file.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> SubmitExperimentAsync(BatchFile body, string? idempotencyKey = null, string? folder = null, string? file = null,
        int? numStrategies = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, "api/v1/automl").Header("Idempotency-Key", idempotencyKey)
            .Query("Folder", folder).Query("File", file).Query("num_strategies", numStrategies).Json(body), cancellationToken);

    /// <summary>Compare trainers and labels on a batch file, which is the body: a job of the kind experiment.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The file's path at the client, for messages.</param>
    /// <param name="body">The batch file. Its media type is one of application/json, text/plain, application/octet-stream.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JobStatus> SubmitExperimentAsync(HttpContent body, string? idempotencyKey = null, string? folder = null,
        string? file = null, int? numStrategies = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JobStatus>(new ApiRequest(HttpMethod.Post, "api/v1/automl").Header("Idempotency-Key", idempotencyKey)
            .Query("Folder", folder).Query("File", file).Query("num_strategies", numStrategies).Body(body), cancellationToken);
}
