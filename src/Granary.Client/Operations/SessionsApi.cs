// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Sessions.</summary>
public sealed class SessionsApi
{
    private readonly ApiConnection _connection;

    internal SessionsApi(ApiConnection connection) => _connection = connection;

    /// <summary>Trade a production configuration.</summary>
    /// <remarks>
    /// Started again on an account that has a journal, the session continues from it. 409: another session trades the account. The older
    /// form is accepted too: prod.json as the body, and the options in the query. Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionView> StartSessionAsync(SessionBody body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionView>(new ApiRequest(HttpMethod.Post, "api/v1/sessions").Json(body), cancellationToken);

    /// <summary>Trade a production configuration.</summary>
    /// <remarks>
    /// Started again on an account that has a journal, the session continues from it. 409: another session trades the account. The older
    /// form is accepted too: prod.json as the body, and the options in the query. Needs the role admin.
    /// </remarks>
    /// <param name="body">Its media type is one of application/json, text/plain, application/octet-stream.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionView> StartSessionAsync(HttpContent body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionView>(new ApiRequest(HttpMethod.Post, "api/v1/sessions").Body(body), cancellationToken);

    /// <summary>All sessions, the newest first.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<SessionView>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<SessionView>>(new ApiRequest(HttpMethod.Get, "api/v1/sessions"), cancellationToken);

    /// <summary>How a session stands.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionView> GetSessionAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionView>(new ApiRequest(HttpMethod.Get, $"api/v1/sessions/{ApiRequest.Segment(id)}"), cancellationToken);

    /// <summary>How a session stands, each time that it changes, as server-sent events.</summary>
    /// <remarks>Events 'status' and at last 'done' or 'failed', each with the whole session as data. Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public IAsyncEnumerable<SessionView> WatchSessionAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.WatchAsync<SessionView>(new ApiRequest(HttpMethod.Get, $"api/v1/sessions/{ApiRequest.Segment(id)}/events"),
            cancellationToken);

    /// <summary>Command a session.</summary>
    /// <remarks>
    /// pause (no entries), resume, flatten (close everything, and pause), reload (look for new weights now), stop; enable and disable with
    /// 'strategy' or 'symbol'; close with 'trade'. Answered when the command stands in the journal; it is in force from the next bar on.
    /// Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionView> CommandSessionAsync(string id, Order body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionView>(new ApiRequest(HttpMethod.Post, $"api/v1/sessions/{ApiRequest.Segment(id)}/commands").Json(body),
            cancellationToken);

    /// <summary>A file of the session's run, once it is done.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> GetSessionFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/sessions/{ApiRequest.Segment(id)}/files/{ApiRequest.Segment(name)}"),
            cancellationToken);
}
