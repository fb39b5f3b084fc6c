// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Portfolios.</summary>
public sealed class PortfoliosApi
{
    private readonly ApiConnection _connection;

    internal PortfoliosApi(ApiConnection connection) => _connection = connection;

    /// <summary>The weights in force; their version is the ETag.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <param name="ifNoneMatch">The ETag that the caller has; 304 where it is still right.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiAnswer<PortfolioWeights>> GetWeightsAsync(string id, string? ifNoneMatch = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAnswerAsync<PortfolioWeights>(new ApiRequest(HttpMethod.Get, $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights")
            .Header("If-None-Match", ifNoneMatch), cancellationToken);

    /// <summary>Replace the weights.</summary>
    /// <remarks>
    /// Send If-Match with the ETag that the change was decided on, or If-None-Match: * where there must be none yet. Without either 428;
    /// 412 if somebody else was faster. A weight is from 0 to 1,000,000. While a session trades the portfolio, all strategies must be the
    /// session's. A CSV begins with the columns strategy and weight; its reason goes into the query: ?why=… Needs the role admin.
    /// </remarks>
    /// <param name="why">The reason, where the body is a CSV.</param>
    /// <param name="ifMatch">The ETag of the weights that the change was decided on.</param>
    /// <param name="ifNoneMatch">* where there must be no weights yet.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiAnswer<PortfolioWeights>> SetWeightsAsync(string id, NewWeights body, string? why = null, string? ifMatch = null,
        string? ifNoneMatch = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAnswerAsync<PortfolioWeights>(new ApiRequest(HttpMethod.Put, $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights")
            .Query("why", why).Header("If-Match", ifMatch).Header("If-None-Match", ifNoneMatch).Json(body), cancellationToken);

    /// <summary>Replace the weights.</summary>
    /// <remarks>
    /// Send If-Match with the ETag that the change was decided on, or If-None-Match: * where there must be none yet. Without either 428;
    /// 412 if somebody else was faster. A weight is from 0 to 1,000,000. While a session trades the portfolio, all strategies must be the
    /// session's. A CSV begins with the columns strategy and weight; its reason goes into the query: ?why=… Needs the role admin.
    /// </remarks>
    /// <param name="why">The reason, where the body is a CSV.</param>
    /// <param name="ifMatch">The ETag of the weights that the change was decided on.</param>
    /// <param name="ifNoneMatch">* where there must be no weights yet.</param>
    /// <param name="body">Its media type is one of application/json, text/csv.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiAnswer<PortfolioWeights>> SetWeightsAsync(string id, HttpContent body, string? why = null, string? ifMatch = null,
        string? ifNoneMatch = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAnswerAsync<PortfolioWeights>(new ApiRequest(HttpMethod.Put, $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights")
            .Query("why", why).Header("If-Match", ifMatch).Header("If-None-Match", ifNoneMatch).Body(body), cancellationToken);

    /// <summary>All versions, newest first: who set what, when and why.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<PortfolioWeights>> ListWeightsAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<PortfolioWeights>>(new ApiRequest(HttpMethod.Get,
            $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights/history"), cancellationToken);

    /// <summary>A version of the weights.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<PortfolioWeights> GetWeightsVersionAsync(string id, long version, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<PortfolioWeights>(new ApiRequest(HttpMethod.Get,
            $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights/history/{ApiRequest.Segment(version)}"), cancellationToken);

    /// <summary>What new weights, or an earlier version, would change; nothing is written.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<WeightsPlan> PreviewWeightsAsync(string id, Preview body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<WeightsPlan>(new ApiRequest(HttpMethod.Post, $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights/preview")
            .Json(body), cancellationToken);

    /// <summary>Put the weights of an earlier version in force again, as a new version.</summary>
    /// <remarks>Send If-Match with the ETag of the weights in force. Needs the role admin.</remarks>
    /// <param name="ifMatch">The ETag of the weights in force.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiAnswer<PortfolioWeights>> RollBackWeightsAsync(string id, Rollback body, string? ifMatch = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAnswerAsync<PortfolioWeights>(new ApiRequest(HttpMethod.Post,
            $"api/v1/portfolios/{ApiRequest.Segment(id)}/weights/rollback").Header("If-Match", ifMatch).Json(body), cancellationToken);
}
