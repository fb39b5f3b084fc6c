// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Deployments.</summary>
public sealed class DeploymentsApi
{
    private readonly ApiConnection _connection;

    internal DeploymentsApi(ApiConnection connection) => _connection = connection;

    /// <summary>Production configurations by number, the newest first.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<DeploymentPage> ListDeploymentsAsync(string? cursor = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<DeploymentPage>(new ApiRequest(HttpMethod.Get, "api/v1/deployments").Query("cursor", cursor)
            .Query("limit", limit), cancellationToken);

    /// <summary>Add a configuration as the next number.</summary>
    /// <remarks>
    /// Send 'run', whose prod.json is added, or 'configuration', the text of a prod.json. The run with its digest justifies it, and must be
    /// one of the server's. Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<DeploymentDetails> AddDeploymentAsync(NewDeployment body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<DeploymentDetails>(new ApiRequest(HttpMethod.Post, "api/v1/deployments").Json(body), cancellationToken);

    /// <summary>A deployment: its strategies, the backtest that justified it, its history.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<DeploymentDetails> GetDeploymentAsync(int number, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<DeploymentDetails>(new ApiRequest(HttpMethod.Get, $"api/v1/deployments/{ApiRequest.Segment(number)}"),
            cancellationToken);

    /// <summary>Allow or stop entries of a strategy or a pair.</summary>
    /// <remarks>Sessions that run follow within a second; exits, stops and targets go on. Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<DeploymentDetails> ChangeDeploymentAsync(int number, EntriesChange body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<DeploymentDetails>(new ApiRequest(HttpMethod.Patch, $"api/v1/deployments/{ApiRequest.Segment(number)}")
            .Json(body), cancellationToken);

    /// <summary>The prod.json of a deployment, to the byte.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JsonElement> GetDeploymentConfigurationAsync(int number, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JsonElement>(new ApiRequest(HttpMethod.Get, $"api/v1/deployments/{ApiRequest.Segment(number)}/configuration"),
            cancellationToken);

    /// <summary>Live against the backtest, by day, for each account whose session of the deployment has ended.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<DeploymentComparison>> GetDeploymentReportAsync(int number, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<DeploymentComparison>>(new ApiRequest(HttpMethod.Get,
            $"api/v1/deployments/{ApiRequest.Segment(number)}/report"), cancellationToken);

    /// <summary>Hand an account over to a deployment.</summary>
    /// <remarks>Its session must be stopped. With 'dryRun' nothing changes, and a session may run. Needs the role admin.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SwitchOutcome> SwitchAccountAsync(int number, SwitchOrder body, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SwitchOutcome>(new ApiRequest(HttpMethod.Post, $"api/v1/deployments/{ApiRequest.Segment(number)}/switch")
            .Json(body), cancellationToken);
}
