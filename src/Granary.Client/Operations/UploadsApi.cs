// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Uploads.</summary>
public sealed class UploadsApi
{
    private readonly ApiConnection _connection;

    internal UploadsApi(ApiConnection connection) => _connection = connection;

    /// <summary>The files that the caller has uploaded.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<Upload>> ListUploadsAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<Upload>>(new ApiRequest(HttpMethod.Get, "api/v1/uploads"), cancellationToken);

    /// <summary>Upload a CSV or JSON file of bars; one of the same name is replaced.</summary>
    /// <remarks>
    /// The body is the file. 'source' of the answer goes into a batch, with the name without its end as the symbol; 'path' goes into an
    /// import job. Needs the role submitter.
    /// </remarks>
    /// <param name="body">Its media type is one of text/csv, application/json.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<Upload> PutUploadAsync(string name, HttpContent body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<Upload>(new ApiRequest(HttpMethod.Put, $"api/v1/uploads/{ApiRequest.Segment(name)}").Body(body),
            cancellationToken);

    /// <summary>Delete an uploaded file.</summary>
    /// <remarks>Needs the role submitter.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task DeleteUploadAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(new ApiRequest(HttpMethod.Delete, $"api/v1/uploads/{ApiRequest.Segment(name)}"), cancellationToken);
}
