// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Audit.</summary>
public sealed class AuditApi
{
    private readonly ApiConnection _connection;

    internal AuditApi(ApiConnection connection) => _connection = connection;

    /// <summary>Changes of state of this server, the newest first: who, what, before, after.</summary>
    /// <remarks>
    /// Each entry has the hash of the one before; 'granary audit verify' checks the chain. In a cluster each silo has a log of its own.
    /// Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<AuditPage> ListAuditEntriesAsync(string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<AuditPage>(new ApiRequest(HttpMethod.Get, "api/v1/audit").Query("cursor", cursor).Query("limit", limit),
            cancellationToken);
}
