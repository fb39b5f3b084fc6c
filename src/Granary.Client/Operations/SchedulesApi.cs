// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Schedules.</summary>
public sealed class SchedulesApi
{
    private readonly ApiConnection _connection;

    internal SchedulesApi(ApiConnection connection) => _connection = connection;

    /// <summary>All schedules, by name.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<ScheduleDetails>> ListSchedulesAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<ScheduleDetails>>(new ApiRequest(HttpMethod.Get, "api/v1/schedules"), cancellationToken);

    /// <summary>A schedule, and when it is due next.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ScheduleDetails> GetScheduleAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ScheduleDetails>(new ApiRequest(HttpMethod.Get, $"api/v1/schedules/{ApiRequest.Segment(name)}"),
            cancellationToken);

    /// <summary>Set a schedule, in place of one of the same name.</summary>
    /// <remarks>
    /// 'cron' has five fields, in UTC: minute, hour, day of the month, month, day of the week. 'job' is the body of POST /jobs. 'window',
    /// such as "2h", is the maintenance window: how long after such a time the job may start, and a training promote a version. A time that
    /// passed while no server ran is run once if its window still lasts, and recorded as missed otherwise. 'file' is the path of the
    /// schedule at the client, for messages. Needs the role admin.
    /// </remarks>
    /// <param name="body">The schedule.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ScheduleDetails> SetScheduleAsync(string name, NewSchedule body, string? file = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ScheduleDetails>(new ApiRequest(HttpMethod.Put, $"api/v1/schedules/{ApiRequest.Segment(name)}")
            .Query("file", file).Json(body), cancellationToken);

    /// <summary>Set a schedule, in place of one of the same name.</summary>
    /// <remarks>
    /// 'cron' has five fields, in UTC: minute, hour, day of the month, month, day of the week. 'job' is the body of POST /jobs. 'window',
    /// such as "2h", is the maintenance window: how long after such a time the job may start, and a training promote a version. A time that
    /// passed while no server ran is run once if its window still lasts, and recorded as missed otherwise. 'file' is the path of the
    /// schedule at the client, for messages. Needs the role admin.
    /// </remarks>
    /// <param name="body">The schedule. Its media type is one of application/json, application/octet-stream.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ScheduleDetails> SetScheduleAsync(string name, HttpContent body, string? file = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ScheduleDetails>(new ApiRequest(HttpMethod.Put, $"api/v1/schedules/{ApiRequest.Segment(name)}")
            .Query("file", file).Body(body), cancellationToken);

    /// <summary>Remove a schedule; its jobs stay.</summary>
    /// <remarks>Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task RemoveScheduleAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(new ApiRequest(HttpMethod.Delete, $"api/v1/schedules/{ApiRequest.Segment(name)}"), cancellationToken);

    /// <summary>The times of a schedule, the newest first: the job of each, or why there was none.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<ScheduledJob>> ListScheduleRunsAsync(string name, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<ScheduledJob>>(new ApiRequest(HttpMethod.Get,
            $"api/v1/schedules/{ApiRequest.Segment(name)}/runs").Query("limit", limit), cancellationToken);
}
