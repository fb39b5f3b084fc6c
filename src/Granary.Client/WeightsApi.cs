using Granary.Contracts.Weights;

namespace Granary.Client;

/// <summary>
/// Weights of portfolios. Their version is the ETag: a change names the version that it replaces, and the server refuses it with 412 if
/// another caller was first.
/// </summary>
public sealed class WeightsApi
{
    private readonly ApiConnection _api;

    internal WeightsApi(ApiConnection api) => _api = api;

    /// <summary>The weights in force.</summary>
    public Task<PortfolioWeights> GetAsync(string portfolio, CancellationToken cancellationToken = default) =>
        _api.GetAsync<PortfolioWeights>($"portfolios/{portfolio}/weights", cancellationToken);

    /// <summary>The weights in force; null if they still have the caller's version.</summary>
    public Task<PortfolioWeights?> GetNewerAsync(string portfolio, long version, CancellationToken cancellationToken = default) =>
        _api.SendAsync<PortfolioWeights?>(HttpMethod.Get, $"portfolios/{portfolio}/weights", null, cancellationToken,
            "If-None-Match", ApiConnection.TagOf(version));

    /// <summary>Sets weights.</summary>
    /// <param name="replaces">The version that they replace; 0 if there are none yet.</param>
    public Task<PortfolioWeights> SetAsync(string portfolio, NewWeights weights, long replaces,
        CancellationToken cancellationToken = default) =>
        PutAsync($"portfolios/{portfolio}/weights", ApiConnection.Json(weights), replaces, cancellationToken);

    /// <summary>Sets weights from a table with the columns strategy and weight.</summary>
    /// <param name="csv">The table; its media type is text/csv.</param>
    /// <param name="why">The reason, for the history.</param>
    /// <param name="replaces">The version that they replace; 0 if there are none yet.</param>
    public Task<PortfolioWeights> SetAsync(string portfolio, HttpContent csv, string why, long replaces,
        CancellationToken cancellationToken = default) =>
        PutAsync($"portfolios/{portfolio}/weights?why={why}", csv, replaces, cancellationToken);

    /// <summary>All versions, the newest first.</summary>
    public Task<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<PortfolioWeights>>($"portfolios/{portfolio}/weights/history", cancellationToken);

    /// <summary>One version.</summary>
    public Task<PortfolioWeights> VersionAsync(string portfolio, long version, CancellationToken cancellationToken = default) =>
        _api.GetAsync<PortfolioWeights>($"portfolios/{portfolio}/weights/history/{version}", cancellationToken);

    /// <summary>Shows what a change would do; changes nothing.</summary>
    public Task<WeightsPlan> PreviewAsync(string portfolio, Preview change, CancellationToken cancellationToken = default) =>
        _api.PostAsync<WeightsPlan>($"portfolios/{portfolio}/weights/preview", ApiConnection.Json(change), cancellationToken);

    /// <summary>Sets the weights of an earlier version again, as a new version.</summary>
    /// <param name="replaces">The version in force.</param>
    public Task<PortfolioWeights> RollBackAsync(string portfolio, Rollback rollback, long replaces,
        CancellationToken cancellationToken = default) =>
        _api.SendAsync<PortfolioWeights>(HttpMethod.Post, $"portfolios/{portfolio}/weights/rollback", ApiConnection.Json(rollback),
            cancellationToken, "If-Match", ApiConnection.TagOf(replaces));

    private Task<PortfolioWeights> PutAsync(FormattableString path, HttpContent body, long replaces, CancellationToken stop) =>
        replaces == 0 ? _api.SendAsync<PortfolioWeights>(HttpMethod.Put, path, body, stop, "If-None-Match", "*")
            : _api.SendAsync<PortfolioWeights>(HttpMethod.Put, path, body, stop, "If-Match", ApiConnection.TagOf(replaces));
}
