// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Catalogue.</summary>
public sealed class CatalogueApi
{
    private readonly ApiConnection _connection;

    internal CatalogueApi(ApiConnection connection) => _connection = connection;

    /// <summary>The strategy classes.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<CatalogueItem>> ListStrategyClassesAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<CatalogueItem>>(new ApiRequest(HttpMethod.Get, "api/v1/catalogue/strategies"),
            cancellationToken);

    /// <summary>The factors.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<CatalogueItem>> ListFactorsAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<CatalogueItem>>(new ApiRequest(HttpMethod.Get, "api/v1/catalogue/factors"), cancellationToken);

    /// <summary>The trainers of models.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<CatalogueItem>> ListTrainersAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<CatalogueItem>>(new ApiRequest(HttpMethod.Get, "api/v1/catalogue/trainers"), cancellationToken);

    /// <summary>The brokers, with their options.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<CatalogueItem>> ListBrokersAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<CatalogueItem>>(new ApiRequest(HttpMethod.Get, "api/v1/catalogue/brokers"), cancellationToken);

    /// <summary>The kinds of jobs.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<CatalogueItem>> ListJobKindsAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<CatalogueItem>>(new ApiRequest(HttpMethod.Get, "api/v1/catalogue/jobs"), cancellationToken);

    /// <summary>The JSON schema of batch files.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JsonElement> GetBatchSchemaAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JsonElement>(new ApiRequest(HttpMethod.Get, "api/v1/catalogue/schemas/batch"), cancellationToken);
}
