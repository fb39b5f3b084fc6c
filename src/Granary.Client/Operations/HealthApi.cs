// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Health.</summary>
public sealed class HealthApi
{
    private readonly ApiConnection _connection;

    internal HealthApi(ApiConnection connection) => _connection = connection;

    /// <summary>The process answers.</summary>
    /// <remarks>Needs no key.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<Health> IsLiveAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<Health>(new ApiRequest(HttpMethod.Get, "api/v1/health/live"), cancellationToken);

    /// <summary>All that requests need works; 503 and the reasons if not.</summary>
    /// <remarks>Needs no key.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<Health> IsReadyAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<Health>(new ApiRequest(HttpMethod.Get, "api/v1/health/ready"), cancellationToken);
}
