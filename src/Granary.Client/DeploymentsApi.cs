using Granary.Contracts.Deployments;

namespace Granary.Client;

/// <summary>Production configurations by number.</summary>
public sealed class DeploymentsApi
{
    private readonly ApiConnection _api;

    internal DeploymentsApi(ApiConnection api) => _api = api;

    /// <summary>All deployments, the newest first.</summary>
    public IAsyncEnumerable<DeploymentEntry> ListAsync(CancellationToken cancellationToken = default) =>
        _api.PagesAsync<DeploymentPage, DeploymentEntry>(cursor => $"deployments?cursor={cursor}", cancellationToken);

    /// <summary>Adds a deployment.</summary>
    public Task<DeploymentDetails> AddAsync(NewDeployment deployment, CancellationToken cancellationToken = default) =>
        _api.PostAsync<DeploymentDetails>($"deployments", ApiConnection.Json(deployment), cancellationToken);

    /// <summary>A deployment with its strategies and its history.</summary>
    public Task<DeploymentDetails> GetAsync(int number, CancellationToken cancellationToken = default) =>
        _api.GetAsync<DeploymentDetails>($"deployments/{number}", cancellationToken);

    /// <summary>Allows or stops entries of a strategy or a pair.</summary>
    public Task<DeploymentDetails> ChangeAsync(int number, EntriesChange change, CancellationToken cancellationToken = default) =>
        _api.SendAsync<DeploymentDetails>(HttpMethod.Patch, $"deployments/{number}", ApiConnection.Json(change), cancellationToken);

    /// <summary>The prod.json of a deployment, byte for byte.</summary>
    public Task<ApiFile> ConfigurationAsync(int number, CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"deployments/{number}/configuration", cancellationToken);

    /// <summary>The live result compared with the backtest, by day, for each ended session of the deployment.</summary>
    public Task<IReadOnlyList<DeploymentComparison>> ReportAsync(int number, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<DeploymentComparison>>($"deployments/{number}/report", cancellationToken);

    /// <summary>Returns each compared day of the accounts that trade a deployment, against a backtest of the final bars.</summary>
    public Task<IReadOnlyList<ParityRecord>> ParityAsync(int number, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<ParityRecord>>($"deployments/{number}/parity", cancellationToken);

    /// <summary>Hands an account over to a deployment.</summary>
    public Task<SwitchOutcome> SwitchAsync(int number, SwitchRequest order, CancellationToken cancellationToken = default) =>
        _api.PostAsync<SwitchOutcome>($"deployments/{number}/switch", ApiConnection.Json(order), cancellationToken);
}
