using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Contracts.Why;

namespace Granary.Client;

/// <summary>Live sessions; the id of a session is its account's.</summary>
public sealed class SessionsApi
{
    private readonly ApiConnection _api;

    internal SessionsApi(ApiConnection api) => _api = api;

    /// <summary>Starts a session.</summary>
    /// <param name="session">JSON with the configuration and the options of the session.</param>
    public Task<SessionView> StartAsync(HttpContent session, CancellationToken cancellationToken = default) =>
        _api.PostAsync<SessionView>($"sessions", session, cancellationToken);

    /// <summary>All sessions.</summary>
    public Task<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<SessionView>>($"sessions", cancellationToken);

    /// <summary>A session.</summary>
    public Task<SessionView> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<SessionView>($"sessions/{id}", cancellationToken);

    /// <summary>A session now and at each change, until it has ended. Reconnects after a broken connection.</summary>
    public IAsyncEnumerable<SessionView> WatchAsync(string id, CancellationToken cancellationToken = default) =>
        _api.WatchAsync($"sessions/{id}/events", ApiConnection.ValueOf<SessionView>, view => !view.IsRunning,
            cancellationToken);

    /// <summary>Sends a command to a session, and returns the session when the command is in its journal.</summary>
    public Task<SessionView> CommandAsync(string id, NewCommand command, CancellationToken cancellationToken = default) =>
        _api.PostAsync<SessionView>($"sessions/{id}/commands", ApiConnection.Json(command), cancellationToken);

    /// <summary>The configuration that a session trades, with the weights in force.</summary>
    public Task<SessionConfiguration> ConfigurationAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<SessionConfiguration>($"sessions/{id}/configuration", cancellationToken);

    /// <summary>Equity and drawdown of a session's account by bar, with the equity expected from its deployment's backtest.</summary>
    public Task<SessionEquity> EquityAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<SessionEquity>($"sessions/{id}/equity", cancellationToken);

    /// <summary>Bars that a session has processed; more than <paramref name="limit"/> are joined.</summary>
    /// <param name="timeframe">A multiple of the session's; null = the session's.</param>
    /// <param name="from">Open time of the first bar, UTC, such as 2024-01-31; null for the start.</param>
    /// <param name="to">The exclusive end, UTC; null for the last bar.</param>
    /// <param name="limit">From 4 to 20,000.</param>
    public Task<RunBars> BarsAsync(string id, string symbol, string? timeframe = null, string? from = null, string? to = null,
        int? limit = null, CancellationToken cancellationToken = default) => _api.GetAsync<RunBars>(
            $"sessions/{id}/bars?symbol={symbol}&timeframe={timeframe}&from={from}&to={to}&limit={limit}", cancellationToken);

    /// <summary>Bars that a session has processed, with factors over all of them.</summary>
    /// <param name="part">Without a strategy: the stops and targets of the open trades are in the status.</param>
    public Task<ChartBars> ChartAsync(string id, ChartPart part, CancellationToken cancellationToken = default)
    {
        var (symbol, step, factors, _, from, to, most) = part;
        return _api.GetAsync<ChartBars>(
            $"sessions/{id}/chart?symbol={symbol}&timeframe={step}&factors={factors}&from={from}&to={to}&points={most}", cancellationToken);
    }

    /// <summary>Everything that decided about a strategy of a session at one bar, or why it did not trade in a span.</summary>
    public Task<WhyAnswer> WhyAsync(string id, WhyQuery query, CancellationToken cancellationToken = default)
    {
        var (strategy, symbol, at, trade, signal, from, to, step) = query;
        return _api.GetAsync<WhyAnswer>(
            $"sessions/{id}/why?strategy={strategy}&symbol={symbol}&at={at}&trade={trade}&signal={signal}&from={from}&to={to}&step={step}",
            cancellationToken);
    }

    /// <summary>A page of a session's log, newest first.</summary>
    /// <param name="kind">The kind of entries; null for all kinds.</param>
    /// <param name="symbol">The symbol of entries; null for all symbols.</param>
    /// <param name="sort">A key of the entries; for example, sequence for the oldest first.</param>
    /// <param name="filter">Conditions, such as side=buy,text~stop.</param>
    /// <param name="at">The page begins at this time, such as 2024-01-31; null for the newest.</param>
    /// <param name="limit">From 1 to 1,000.</param>
    public Task<SessionLogPage> LogAsync(string id, SessionLogKind? kind = null, string? symbol = null, string? sort = null,
        string? filter = null, string? at = null, string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        _api.GetAsync<SessionLogPage>(
            $"sessions/{id}/log?kind={kind}&symbol={symbol}&sort={sort}&filter={filter}&at={at}&cursor={cursor}&limit={limit}",
            cancellationToken);

    /// <summary>A page of a session's orders, open and ended.</summary>
    /// <param name="sort">A key of the orders; for example, -created for the newest first. Null for the order in which they were made.</param>
    /// <param name="filter">Conditions, such as symbol=BTCUSDT,state=submitted.</param>
    /// <param name="at">The page begins at this time, such as 2024-01-31; null for the first order.</param>
    /// <param name="limit">From 1 to 1,000.</param>
    public Task<FileRows> OrdersAsync(string id, string? sort = null, string? filter = null, string? at = null, string? cursor = null,
        int? limit = null, CancellationToken cancellationToken = default) => _api.GetAsync<FileRows>(
            $"sessions/{id}/orders?sort={sort}&filter={filter}&at={at}&cursor={cursor}&limit={limit}", cancellationToken);

    /// <summary>Measured costs of the fills of a session's account, with intervals: the content of costs.json.</summary>
    public Task<JsonElement> CostsAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<JsonElement>($"sessions/{id}/costs", cancellationToken);

    /// <summary>A strategy of a running session.</summary>
    public Task<SessionStrategy> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _api.GetAsync<SessionStrategy>($"sessions/{id}/strategies/{strategy}", cancellationToken);

    /// <summary>Stops the entries of a strategy of a session.</summary>
    public Task<SessionStrategy> StopStrategyAsync(string id, string strategy, string? why = null,
        CancellationToken cancellationToken = default) =>
        _api.SendAsync<SessionStrategy>(HttpMethod.Delete, $"sessions/{id}/strategies/{strategy}?why={why}", null, cancellationToken);

    /// <summary>A file of the run of a session that has ended.</summary>
    public Task<ApiFile> FileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"sessions/{id}/files/{name}", cancellationToken);
}
