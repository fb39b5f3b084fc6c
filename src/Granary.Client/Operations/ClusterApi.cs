// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Cluster.</summary>
public sealed class ClusterApi
{
    private readonly ApiConnection _connection;

    internal ClusterApi(ApiConnection connection) => _connection = connection;

    /// <summary>The silos with their versions, activations and work; queued and running batches; sessions.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ClusterStanding> GetClusterAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ClusterStanding>(new ApiRequest(HttpMethod.Get, "api/v1/cluster"), cancellationToken);

    /// <summary>Let a silo finish its strategy groups and take no new ones.</summary>
    /// <remarks>Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SiloStanding> DrainSiloAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SiloStanding>(new ApiRequest(HttpMethod.Post, $"api/v1/cluster/silos/{ApiRequest.Segment(name)}/drain"),
            cancellationToken);

    /// <summary>Let a draining silo take work again.</summary>
    /// <remarks>Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SiloStanding> ResumeSiloAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SiloStanding>(new ApiRequest(HttpMethod.Post, $"api/v1/cluster/silos/{ApiRequest.Segment(name)}/resume"),
            cancellationToken);

    /// <summary>End a silo: it drains for at most its drain time-out, others take its sessions, and its process exits with 0.</summary>
    /// <remarks>Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SiloStanding> RetireSiloAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SiloStanding>(new ApiRequest(HttpMethod.Post, $"api/v1/cluster/silos/{ApiRequest.Segment(name)}/retire"),
            cancellationToken);
}
