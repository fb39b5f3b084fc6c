using System.Text.Json.Nodes;
using Granary.Contracts.Accounts;

namespace Granary.Client;

/// <summary>Live accounts, from their journals: orders, positions, trades, signals, and the strategies that may enter.</summary>
public sealed class AccountsApi
{
    private readonly ApiConnection _api;

    internal AccountsApi(ApiConnection api) => _api = api;

    /// <summary>Orders.</summary>
    public Task<IReadOnlyList<JsonObject>> OrdersAsync(string? strategy = null, string? symbol = null, DateTimeOffset? from = null,
        DateTimeOffset? to = null, CancellationToken cancellationToken = default) =>
        ListAsync($"orders?strategy={strategy}&symbol={symbol}&from={from}&to={to}", cancellationToken);

    /// <summary>Open positions.</summary>
    public Task<IReadOnlyList<JsonObject>> PositionsAsync(string? symbol = null, CancellationToken cancellationToken = default) =>
        ListAsync($"positions?symbol={symbol}", cancellationToken);

    /// <summary>Trades, open and closed.</summary>
    public Task<IReadOnlyList<JsonObject>> TradesAsync(string? strategy = null, string? symbol = null,
        CancellationToken cancellationToken = default) =>
        ListAsync($"trades?strategy={strategy}&symbol={symbol}", cancellationToken);

    /// <summary>Signals with their decisions.</summary>
    public Task<IReadOnlyList<JsonObject>> SignalsAsync(string? strategy = null, string? symbol = null, DateTimeOffset? from = null,
        DateTimeOffset? to = null, CancellationToken cancellationToken = default) =>
        ListAsync($"signals?strategy={strategy}&symbol={symbol}&from={from}&to={to}", cancellationToken);

    /// <summary>All strategies, by account and id.</summary>
    public IAsyncEnumerable<AccountStrategy> StrategiesAsync(string? account = null, string? symbol = null,
        CancellationToken cancellationToken = default) => _api.PagesAsync<StrategyPage, AccountStrategy>(
            cursor => $"strategies?cursor={cursor}&account={account}&symbol={symbol}", cancellationToken);

    /// <summary>A strategy.</summary>
    public Task<AccountStrategy> StrategyAsync(string id, string? account = null, CancellationToken cancellationToken = default) =>
        _api.GetAsync<AccountStrategy>($"strategies/{id}?account={account}", cancellationToken);

    /// <summary>Allows or stops the entries of a strategy, from the next bar on.</summary>
    public Task<IReadOnlyList<AccountStrategy>> ChangeStrategyAsync(string id, Change change,
        CancellationToken cancellationToken = default) => _api.SendAsync<IReadOnlyList<AccountStrategy>>(HttpMethod.Patch,
            $"strategies/{id}", ApiConnection.Json(change), cancellationToken);

    /// <summary>The changes of a strategy, oldest first.</summary>
    public Task<IReadOnlyList<StrategyChange>> StrategyChangesAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<StrategyChange>>($"strategies/{id}/history", cancellationToken);

    /// <summary>Allows or stops the entries of all strategies of a symbol, from the next bar on.</summary>
    public Task<IReadOnlyList<AccountStrategy>> ChangeSymbolAsync(string symbol, Change change,
        CancellationToken cancellationToken = default) => _api.SendAsync<IReadOnlyList<AccountStrategy>>(HttpMethod.Patch,
            $"symbols/{symbol}", ApiConnection.Json(change), cancellationToken);

    /// <summary>The changes of a symbol and its strategies, oldest first.</summary>
    public Task<IReadOnlyList<StrategyChange>> SymbolChangesAsync(string symbol, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<StrategyChange>>($"symbols/{symbol}/history", cancellationToken);

    private Task<IReadOnlyList<JsonObject>> ListAsync(FormattableString path, CancellationToken cancellationToken) =>
        _api.GetAsync<IReadOnlyList<JsonObject>>(path, cancellationToken);
}
