// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Access.</summary>
public sealed class AccessApi
{
    private readonly ApiConnection _connection;

    internal AccessApi(ApiConnection connection) => _connection = connection;

    /// <summary>Name and role of the caller's key.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<CallerAnswer> GetCallerAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<CallerAnswer>(new ApiRequest(HttpMethod.Get, "api/v1/caller"), cancellationToken);
}
