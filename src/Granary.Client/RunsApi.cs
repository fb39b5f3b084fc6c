using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Contracts.Why;

namespace Granary.Client;

/// <summary>Finished runs.</summary>
public sealed class RunsApi
{
    private const string Arrow = "application/vnd.apache.arrow.stream";

    private readonly ApiConnection _api;

    internal RunsApi(ApiConnection api) => _api = api;

    /// <summary>The runs that match a filter; without one all runs, the newest first.</summary>
    public IAsyncEnumerable<RunSummary> ListAsync(RunFilter? filter = null, CancellationToken cancellationToken = default)
    {
        var (kind, market, tradable, search, sort, order) = filter ?? new RunFilter();
        var traded = tradable is { } t ? t ? "true" : "false" : null;
        return _api.PagesAsync<RunPage, RunSummary>(
            cursor => $"runs?sort={sort}&order={order}&kind={kind}&market={market}&tradable={traded}&search={search}&cursor={cursor}",
            cancellationToken);
    }

    /// <summary>Changes the shown name of a run; its id does not change.</summary>
    public Task<RunSummary> RenameAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _api.SendAsync<RunSummary>(HttpMethod.Patch, $"runs/{id}", ApiConnection.Json(new RunChange(name)), cancellationToken);

    /// <summary>Deletes the files of a run that nothing uses.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _api.SendAsync(HttpMethod.Delete, $"runs/{id}", cancellationToken);

    /// <summary>A run's results without its strategies, as in results.json.</summary>
    public Task<JsonObject> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<JsonObject>($"runs/{id}", cancellationToken);

    /// <summary>A page of the strategies of a run.</summary>
    /// <param name="sort">A metric; for example, -sharpe sorts the highest first.</param>
    /// <param name="filter">Conditions, such as trades>=30,symbol=BTCUSDT.</param>
    /// <param name="cursor">The cursor from the previous page; null for the first page.</param>
    public Task<StrategyRows> StrategiesAsync(string id, string? sort = null, string? filter = null, string? cursor = null,
        int? limit = null, CancellationToken cancellationToken = default) => _api.GetAsync<StrategyRows>(
            $"runs/{id}/strategies?sort={sort}&filter={filter}&cursor={cursor}&limit={limit}", cancellationToken);

    /// <summary>A page of the signals of a run, and the total of each decision.</summary>
    /// <param name="cursor">The cursor from the previous page; null for the first page.</param>
    public Task<SignalRows> SignalsAsync(string id, string? strategy = null, string? symbol = null, string? decision = null,
        string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) => _api.GetAsync<SignalRows>(
            $"runs/{id}/signals?strategy={strategy}&symbol={symbol}&decision={decision}&cursor={cursor}&limit={limit}", cancellationToken);

    /// <summary>A page of the rows of a table of a run.</summary>
    /// <param name="part">The rows to list, and their order; null for all in the run's order.</param>
    /// <param name="cursor">The cursor from the previous page; null for the first page.</param>
    public Task<FileRows> RowsAsync(string id, RunTable table, RowPart? part = null, string? cursor = null, int? limit = null,
        CancellationToken cancellationToken = default)
    {
        var (strategy, sort, from, to, filter) = part ?? new RowPart();
        return _api.GetAsync<FileRows>(
            $"runs/{id}/{table}?strategy={strategy}&sort={sort}&from={from}&to={to}&filter={filter}&cursor={cursor}&limit={limit}",
            cancellationToken);
    }

    /// <summary>All rows of a table of a run as an Arrow stream, such as for the package Apache.Arrow.</summary>
    /// <param name="part">The rows, and their order; null for all in the run's order.</param>
    public Task<ApiFile> ArrowAsync(string id, RunTable table, RowPart? part = null, CancellationToken cancellationToken = default)
    {
        var (strategy, sort, from, to, filter) = part ?? new RowPart();
        return _api.OpenAsync($"runs/{id}/{table}?strategy={strategy}&sort={sort}&from={from}&to={to}&filter={filter}", cancellationToken,
            Arrow);
    }

    /// <summary>All strategies of a run that match, as an Arrow stream.</summary>
    /// <inheritdoc cref="StrategiesAsync"/>
    public Task<ApiFile> StrategiesArrowAsync(string id, string? sort = null, string? filter = null,
        CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"runs/{id}/strategies?sort={sort}&filter={filter}", cancellationToken, Arrow);

    /// <summary>All signals of a run that match, as an Arrow stream.</summary>
    public Task<ApiFile> SignalsArrowAsync(string id, string? strategy = null, string? symbol = null, string? decision = null,
        CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"runs/{id}/signals?strategy={strategy}&symbol={symbol}&decision={decision}", cancellationToken, Arrow);

    /// <summary>The figures of a part of a run, by the definitions of results.json.</summary>
    /// <param name="from">The first time, such as 2024-01-31 or 2024-01-31T14:30:00Z; null for the start.</param>
    /// <param name="to">The exclusive end; null for the end.</param>
    /// <param name="strategy">A strategy, in its own account; null for the portfolio.</param>
    public Task<SpanFigures> FiguresAsync(string id, string? from = null, string? to = null, string? strategy = null,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<SpanFigures>($"runs/{id}/figures?from={from}&to={to}&strategy={strategy}", cancellationToken);

    /// <summary>The figures of the charts of a run's report.</summary>
    public Task<RunAnalysis> AnalysisAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<RunAnalysis>($"runs/{id}/analysis", cancellationToken);

    /// <summary>The parameter searches of a run with their trials, as in results.json.</summary>
    public Task<RunSearches> SearchesAsync(string id, CancellationToken cancellationToken = default) =>
        _api.GetAsync<RunSearches>($"runs/{id}/search", cancellationToken);

    /// <summary>A curve of a run.</summary>
    /// <param name="name">equity, cash, exposure, drawdown, buy-and-hold, or months for the return of each month.</param>
    /// <param name="from">The first time, such as 2024-01-31 or 2024-01-31T14:30:00Z.</param>
    /// <param name="to">The exclusive end.</param>
    /// <param name="points">The maximum number of points, to which the curve is reduced.</param>
    /// <param name="strategy">A strategy, whose own account has equity, drawdown and buy-and-hold; null for the portfolio.</param>
    public Task<RunCurve> CurveAsync(string id, string name, string? from = null, string? to = null, int? points = null,
        string? strategy = null, CancellationToken cancellationToken = default) =>
        _api.GetAsync<RunCurve>($"runs/{id}/series/{name}?from={from}&to={to}&points={points}&strategy={strategy}", cancellationToken);

    /// <summary>Bars of a symbol of a run, joined to at most the given number.</summary>
    /// <param name="from">The first time, such as 2024-01-31 or 2024-01-31T14:30:00Z.</param>
    /// <param name="to">The exclusive end.</param>
    /// <param name="points">The maximum number of bars.</param>
    public Task<RunBars> BarsAsync(string id, string symbol, string? from = null, string? to = null, int? points = null,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<RunBars>($"runs/{id}/series/price:{symbol}?from={from}&to={to}&points={points}", cancellationToken);

    /// <summary>Bars of a run with factors and a strategy's levels.</summary>
    public Task<ChartBars> ChartAsync(string id, ChartPart part, CancellationToken cancellationToken = default)
    {
        var (symbol, step, factors, strategy, from, to, most) = part;
        return _api.GetAsync<ChartBars>(
            $"runs/{id}/chart?symbol={symbol}&timeframe={step}&factors={factors}&strategy={strategy}&from={from}&to={to}&points={most}",
            cancellationToken);
    }

    /// <summary>Everything that decided about a strategy of a run at one bar, or why it did not trade in a span.</summary>
    public Task<WhyAnswer> WhyAsync(string id, WhyQuery query, CancellationToken cancellationToken = default)
    {
        var (strategy, symbol, at, trade, signal, from, to, step) = query;
        return _api.GetAsync<WhyAnswer>(
            $"runs/{id}/why?strategy={strategy}&symbol={symbol}&at={at}&trade={trade}&signal={signal}&from={from}&to={to}&step={step}",
            cancellationToken);
    }

    /// <summary>A file of a run.</summary>
    public Task<ApiFile> FileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"runs/{id}/files/{name}", cancellationToken);

    /// <summary>Makes a link that opens the report and the files of a run without a key.</summary>
    /// <param name="days">Days for which the link is valid; null for a week.</param>
    public Task<Share> ShareAsync(string id, int? days = null, CancellationToken cancellationToken = default) =>
        _api.PostAsync<Share>($"runs/{id}/shares", ApiConnection.Json(new NewShare(days)), cancellationToken);

    /// <summary>Makes a link to the report of a run that is valid for one minute.</summary>
    public Task<Share> LinkReportAsync(string id, CancellationToken cancellationToken = default) =>
        _api.PostAsync<Share>($"runs/{id}/report-link", null, cancellationToken);

    /// <summary>Invalidates all existing links.</summary>
    public Task RevokeSharesAsync(CancellationToken cancellationToken = default) =>
        _api.SendAsync(HttpMethod.Post, $"shares/rotate", cancellationToken);
}
