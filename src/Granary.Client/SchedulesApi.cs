using Granary.Contracts.Schedules;

namespace Granary.Client;

/// <summary>Schedules: jobs that the server submits at due times.</summary>
public sealed class SchedulesApi
{
    private readonly ApiConnection _api;

    internal SchedulesApi(ApiConnection api) => _api = api;

    /// <summary>All schedules.</summary>
    public Task<IReadOnlyList<ScheduleDetails>> ListAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<ScheduleDetails>>($"schedules", cancellationToken);

    /// <summary>A schedule.</summary>
    public Task<ScheduleDetails> GetAsync(string name, CancellationToken cancellationToken = default) =>
        _api.GetAsync<ScheduleDetails>($"schedules/{name}", cancellationToken);

    /// <summary>Creates a schedule, or replaces the one of the same name.</summary>
    /// <param name="schedule">JSON, such as { "cron": "0 2 * * SUN", "job": { "kind": "train", … } }.</param>
    /// <param name="file">The path of the file, for messages.</param>
    public Task<ScheduleDetails> SetAsync(string name, HttpContent schedule, string? file = null,
        CancellationToken cancellationToken = default) =>
        _api.SendAsync<ScheduleDetails>(HttpMethod.Put, $"schedules/{name}?file={file}", schedule, cancellationToken);

    /// <summary>The next three times of a cron expression, UTC.</summary>
    /// <param name="timeZone">IANA zone of the expression; null for UTC.</param>
    public Task<IReadOnlyList<DateTimeOffset>> TimesAsync(string cron, string? timeZone = null,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<DateTimeOffset>>($"catalogue/cron?cron={cron}&timeZone={timeZone}", cancellationToken);

    /// <summary>Removes a schedule; its jobs stay.</summary>
    public Task RemoveAsync(string name, CancellationToken cancellationToken = default) =>
        _api.SendAsync(HttpMethod.Delete, $"schedules/{name}", cancellationToken);

    /// <summary>The due times of a schedule with their jobs, the newest first.</summary>
    public Task<IReadOnlyList<ScheduledJob>> RunsAsync(string name, int? limit = null, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<ScheduledJob>>($"schedules/{name}/runs?limit={limit}", cancellationToken);
}
