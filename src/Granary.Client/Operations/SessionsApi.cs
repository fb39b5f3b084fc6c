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
    /// Started again on an account that has a journal, the session continues from it. 409: another session trades the account. Or send
    /// prod.json as the body, and the options in the query. Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionView> StartSessionAsync(SessionBody body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionView>(new ApiRequest(HttpMethod.Post, "api/v1/sessions").Json(body), cancellationToken);

    /// <summary>Trade a production configuration.</summary>
    /// <remarks>
    /// Started again on an account that has a journal, the session continues from it. 409: another session trades the account. Or send
    /// prod.json as the body, and the options in the query. Needs the role admin.
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

    /// <summary>A strategy of a running session: bars, equity, open position, trades so far, weight, enabled or not.</summary>
    /// <remarks>
    /// The id of the strategy is percent-encoded. Bars, equity, position and trades are those of the strategy's own, simulated account, as
    /// for a batch; /trades has the account's. 503 while the session opens its account or comes back from a loss. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionStrategy> GetSessionStrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionStrategy>(new ApiRequest(HttpMethod.Get,
            $"api/v1/sessions/{ApiRequest.Segment(id)}/strategies/{ApiRequest.Segment(strategy)}"), cancellationToken);

    /// <summary>Stop one strategy of a running session.</summary>
    /// <remarks>
    /// As the command 'disable': entries are refused from the next bar on, and open trades go on to their exits. Answered when it stands in
    /// the journal, with 'why', so that it holds after a restart; the command 'enable' takes it back. A strategy that is disabled or has
    /// failed stays as it is. Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SessionStrategy> StopSessionStrategyAsync(string id, string strategy, string? why = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SessionStrategy>(new ApiRequest(HttpMethod.Delete,
            $"api/v1/sessions/{ApiRequest.Segment(id)}/strategies/{ApiRequest.Segment(strategy)}").Query("why", why), cancellationToken);

    /// <summary>A file of the session's run, once it is done.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> GetSessionFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/sessions/{ApiRequest.Segment(id)}/files/{ApiRequest.Segment(name)}"),
            cancellationToken);
}
