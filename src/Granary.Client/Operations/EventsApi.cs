// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Events.</summary>
public sealed class EventsApi
{
    private readonly ApiConnection _connection;

    internal EventsApi(ApiConnection connection) => _connection = connection;

    /// <summary>Changes of jobs, runs, weights, sessions and deployments, as server-sent events.</summary>
    /// <remarks>
    /// The first event, 'revision', has the revision as its id. Begin the stream, then read the collections; each event says what to read
    /// again. 'since', or Last-Event-ID after a broken connection, continues from a revision; 410: read the collections again, and watch
    /// without 'since'. Progress of one job is under /jobs/{id}/events. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public IAsyncEnumerable<ChangeEvent> WatchChangesAsync(string? since = null, string? lastEventID = null,
        CancellationToken cancellationToken = default) =>
        _connection.WatchAsync<ChangeEvent>(new ApiRequest(HttpMethod.Get, "api/v1/events").Query("since", since)
            .Header("Last-Event-ID", lastEventID), cancellationToken);
}
