// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Accounts.</summary>
public sealed class AccountsApi
{
    private readonly ApiConnection _connection;

    internal AccountsApi(ApiConnection connection) => _connection = connection;

    /// <summary>Orders of the live accounts, with how they stand at the venue.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<JsonElement>> ListOrdersAsync(string? strategy = null, string? symbol = null, DateTimeOffset? from = null,
        DateTimeOffset? to = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<JsonElement>>(new ApiRequest(HttpMethod.Get, "api/v1/orders").Query("strategy", strategy)
            .Query("symbol", symbol).Query("from", from).Query("to", to), cancellationToken);

    /// <summary>What the live accounts hold, by symbol.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<JsonElement>> ListPositionsAsync(string? symbol = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<JsonElement>>(new ApiRequest(HttpMethod.Get, "api/v1/positions").Query("symbol", symbol),
            cancellationToken);

    /// <summary>Trades of the live accounts, active and closed.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<JsonElement>> ListTradesAsync(string? strategy = null, string? symbol = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<JsonElement>>(new ApiRequest(HttpMethod.Get, "api/v1/trades").Query("strategy", strategy)
            .Query("symbol", symbol), cancellationToken);

    /// <summary>Entry signals with factors, the model's opinion and the portfolio's answer.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<JsonElement>> ListSignalsAsync(string? strategy = null, string? symbol = null, DateTimeOffset? from = null,
        DateTimeOffset? to = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<JsonElement>>(new ApiRequest(HttpMethod.Get, "api/v1/signals").Query("strategy", strategy)
            .Query("symbol", symbol).Query("from", from).Query("to", to), cancellationToken);

    /// <summary>The strategies of the live accounts, by account and id.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<StrategyPage> ListStrategiesAsync(string? cursor = null, string? account = null, string? symbol = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<StrategyPage>(new ApiRequest(HttpMethod.Get, "api/v1/strategies").Query("cursor", cursor)
            .Query("account", account).Query("symbol", symbol).Query("limit", limit), cancellationToken);

    /// <summary>A live strategy: weight, enabled or not, signals, trades.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<AccountStrategy> GetStrategyAsync(string id, string? account = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<AccountStrategy>(new ApiRequest(HttpMethod.Get, $"api/v1/strategies/{ApiRequest.Segment(id)}")
            .Query("account", account), cancellationToken);

    /// <summary>Switch a strategy's entries on or off, from the next bar on.</summary>
    /// <remarks>
    /// Answered when the change stands in the journal of each session of the server; sessions of other processes take it at their next bar.
    /// The answer has the strategies as they stand. Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<AccountStrategy>> ChangeStrategyAsync(string id, Change body,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<AccountStrategy>>(new ApiRequest(HttpMethod.Patch,
            $"api/v1/strategies/{ApiRequest.Segment(id)}").Json(body), cancellationToken);

    /// <summary>Who switched a strategy or its symbol on and off, when and why; oldest first.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<StrategyChange>> ListStrategyChangesAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<StrategyChange>>(new ApiRequest(HttpMethod.Get,
            $"api/v1/strategies/{ApiRequest.Segment(id)}/history"), cancellationToken);

    /// <summary>Switch the entries of all strategies of a symbol on or off, from the next bar on.</summary>
    /// <remarks>
    /// Answered when the change stands in the journal of each session of the server; sessions of other processes take it at their next bar.
    /// The answer has the strategies as they stand. Needs the role admin.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<AccountStrategy>> ChangeSymbolAsync(string symbol, Change body,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<AccountStrategy>>(new ApiRequest(HttpMethod.Patch,
            $"api/v1/symbols/{ApiRequest.Segment(symbol)}").Json(body), cancellationToken);

    /// <summary>Who switched a symbol or its strategies on and off, when and why; oldest first.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<StrategyChange>> ListSymbolChangesAsync(string symbol, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<StrategyChange>>(new ApiRequest(HttpMethod.Get,
            $"api/v1/symbols/{ApiRequest.Segment(symbol)}/history"), cancellationToken);
}
