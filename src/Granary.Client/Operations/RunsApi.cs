// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Runs.</summary>
public sealed class RunsApi
{
    private readonly ApiConnection _connection;

    internal RunsApi(ApiConnection connection) => _connection = connection;

    /// <summary>Finished runs of the server's folder, the newest first.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<RunPage> ListRunsAsync(string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<RunPage>(new ApiRequest(HttpMethod.Get, "api/v1/runs").Query("cursor", cursor).Query("limit", limit),
            cancellationToken);

    /// <summary>A run: where it comes from, and what its results.json has beside the strategies.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<RunDetails> GetRunAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<RunDetails>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}"), cancellationToken);

    /// <summary>The strategies of a run, sorted and filtered.</summary>
    /// <remarks>
    /// 'sort' is id, class, symbol, timeframe, weight or a metric, with '-' in front for the largest first. 'filter' has conditions with
    /// commas between, as trades&gt;=30,symbol=BTCUSDT,id~SmaCross. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<StrategyRows> ListRunStrategiesAsync(string id, string? cursor = null, string? sort = null, string? filter = null,
        int? limit = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<StrategyRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/strategies")
            .Query("cursor", cursor).Query("sort", sort).Query("filter", filter).Query("limit", limit), cancellationToken);

    /// <summary>The signals of a run: the portfolio's decision, and what each earned in the strategy's own account.</summary>
    /// <remarks>
    /// 'decision' is one of the portfolio's answers, as max-positions, or refused for all but accepted. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<SignalRows> ListRunSignalsAsync(string id, string? cursor = null, string? strategy = null, string? symbol = null,
        string? decision = null, int? limit = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<SignalRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/signals")
            .Query("cursor", cursor).Query("strategy", strategy).Query("symbol", symbol).Query("decision", decision).Query("limit", limit),
            cancellationToken);

    /// <summary>
    /// A curve of a run with at most 'points' points: equity, cash, exposure, drawdown, months (the return of each), or price:SYMBOL for
    /// bars.
    /// </summary>
    /// <remarks>
    /// Of a curve the first, last, smallest and largest value of each stretch are kept; bars are joined to longer ones. 'from' and 'to' are
    /// times in ISO 8601; 'to' is left out. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<JsonElement> GetRunSeriesAsync(string id, string name, string? from = null, string? to = null, int? points = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<JsonElement>(new ApiRequest(HttpMethod.Get,
            $"api/v1/runs/{ApiRequest.Segment(id)}/series/{ApiRequest.Segment(name)}").Query("from", from).Query("to", to)
            .Query("points", points), cancellationToken);

    /// <summary>The trades of the strategies of a run, each in its own account.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<FileRows> ListRunTradesAsync(string id, string? cursor = null, string? strategy = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<FileRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/trades")
            .Query("cursor", cursor).Query("strategy", strategy).Query("limit", limit), cancellationToken);

    /// <summary>The factors of the strategies of a run at their entries.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<FileRows> ListRunFactorsAsync(string id, string? cursor = null, string? strategy = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<FileRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/factors")
            .Query("cursor", cursor).Query("strategy", strategy).Query("limit", limit), cancellationToken);

    /// <summary>The profit of the strategies of a run by condition: volatility, weekday.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<FileRows> ListRunConditionsAsync(string id, string? cursor = null, string? strategy = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<FileRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/conditions")
            .Query("cursor", cursor).Query("strategy", strategy).Query("limit", limit), cancellationToken);

    /// <summary>Entries of a run that a model changed, and what each was worth.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<FileRows> ListRunModelDecisionsAsync(string id, string? cursor = null, string? strategy = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<FileRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/model-decisions")
            .Query("cursor", cursor).Query("strategy", strategy).Query("limit", limit), cancellationToken);

    /// <summary>Alerts of watched models of a run, and what was done.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<FileRows> ListRunModelLogAsync(string id, string? cursor = null, string? strategy = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<FileRows>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/model-log")
            .Query("cursor", cursor).Query("strategy", strategy).Query("limit", limit), cancellationToken);

    /// <summary>A file of a run, also of one that the command line made.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ApiFile> GetRunFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _connection.OpenAsync(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/files/{ApiRequest.Segment(name)}"),
            cancellationToken);

    /// <summary>The bars of a market of a run, with factors, with at most 'points' points.</summary>
    /// <remarks>
    /// 'factors' are texts with semicolons between, as sma(10);macd(12,26,9).signal. Bars are joined to longer ones; 'from' and 'to' are
    /// times in ISO 8601; 'to' is left out. 'timeframe' is a multiple of the batch's. With 'strategy', an id of the run, the chart has the
    /// stops and targets of its trades: the strategy is run again for them. Needs the role viewer.
    /// </remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<ChartBars> GetRunChartAsync(string id, GetRunChartQuery query, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<ChartBars>(new ApiRequest(HttpMethod.Get, $"api/v1/runs/{ApiRequest.Segment(id)}/chart")
            .Query("symbol", query.Symbol).Query("from", query.From).Query("to", query.To).Query("timeframe", query.Timeframe)
            .Query("factors", query.Factors).Query("strategy", query.Strategy).Query("points", query.Points), cancellationToken);
}
