using Granary.Contracts.Jobs;

namespace Granary.Client;

/// <summary>Jobs, batches included.</summary>
public sealed class JobsApi
{
    private readonly ApiConnection _api;

    internal JobsApi(ApiConnection api) => _api = api;

    /// <summary>Submits a job.</summary>
    /// <param name="job">JSON, such as { "kind": "walkforward", "batch": { … } }.</param>
    /// <param name="idempotencyKey">Repeated submissions with the same key give the same job.</param>
    /// <param name="folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="file">The path of the file, for messages.</param>
    /// <param name="check">Whether to refuse it at once if a file, a source or a symbol of it does not exist.</param>
    public Task<JobStatus> SubmitAsync(HttpContent job, string? idempotencyKey = null, string? folder = null, string? file = null,
        bool check = false, CancellationToken cancellationToken = default) =>
        _api.SendAsync<JobStatus>(HttpMethod.Post, $"jobs?folder={folder}&file={file}&check={check}", job, cancellationToken,
            "Idempotency-Key", idempotencyKey);

    /// <summary>All jobs, the newest first.</summary>
    public IAsyncEnumerable<JobStatus> ListAsync(JobState? state = null, string? kind = null,
        CancellationToken cancellationToken = default) =>
        _api.PagesAsync<JobPage, JobStatus>(cursor => $"jobs?cursor={cursor}&state={state}&kind={kind}", cancellationToken);

    /// <summary>The status of a job.</summary>
    public Task<JobStatus> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<JobStatus>($"jobs/{id}", cancellationToken);

    /// <summary>Cancels a job; a job that has ended does not change.</summary>
    public Task<JobStatus> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        _api.SendAsync<JobStatus>(HttpMethod.Delete, $"jobs/{id}", null, cancellationToken);

    /// <summary>Queues a cancelled job again; it continues with the work that it had finished.</summary>
    public Task<JobStatus> ResumeAsync(string id, CancellationToken cancellationToken = default) =>
        _api.PostAsync<JobStatus>($"jobs/{id}/resume", null, cancellationToken);

    /// <summary>The status of a job now and at each change, until it has ended. Reconnects after a broken connection.</summary>
    public IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken = default) =>
        _api.WatchAsync($"jobs/{id}/events", ApiConnection.ValueOf<JobStatus>, status => status.Ended, cancellationToken);

    /// <summary>
    /// The events of one connection, with the status that the server repeats every two seconds while nothing changes. For callers that
    /// reconnect by their own rules.
    /// </summary>
    public IAsyncEnumerable<JobStatus> EventsAsync(string id, CancellationToken cancellationToken = default) =>
        _api.EventsAsync<JobStatus>($"jobs/{id}/events", cancellationToken);

    /// <summary>A file of a job that is done.</summary>
    public Task<ApiFile> FileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"jobs/{id}/files/{name}", cancellationToken);
}
