// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Shares.</summary>
public sealed class SharesApi
{
    private readonly ApiConnection _connection;

    internal SharesApi(ApiConnection connection) => _connection = connection;

    /// <summary>Make a link that opens the report and the files of a run without a key, and nothing else.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<Share> ShareRunAsync(string id, NewShare body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<Share>(new ApiRequest(HttpMethod.Post, $"api/v1/runs/{ApiRequest.Segment(id)}/shares").Json(body),
            cancellationToken);

    /// <summary>Make a link that opens the report of a run for a minute: a browser sends no key with a new tab.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<Share> LinkReportAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<Share>(new ApiRequest(HttpMethod.Post, $"api/v1/runs/{ApiRequest.Segment(id)}/report-link"),
            cancellationToken);

    /// <summary>End all links that were made so far.</summary>
    /// <remarks>Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task RevokeSharesAsync(CancellationToken cancellationToken = default) =>
        _connection.SendAsync(new ApiRequest(HttpMethod.Post, "api/v1/shares/rotate"), cancellationToken);

    /// <summary>The report of a shared run.</summary>
    /// <remarks>Needs no key.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> OpenShareAsync(string link, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/shared/{ApiRequest.Segment(link)}"), cancellationToken);

    /// <summary>A file of a shared run.</summary>
    /// <remarks>Needs no key.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> OpenSharedFileAsync(string link, string name, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/shared/{ApiRequest.Segment(link)}/{ApiRequest.Segment(name)}"),
            cancellationToken);
}
