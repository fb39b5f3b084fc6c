using Granary.Contracts.MarketData;
using Granary.Contracts.Runs;

namespace Granary.Client;

/// <summary>The stores of the server's data folder, and the caller's uploads.</summary>
public sealed class DataApi
{
    private readonly ApiConnection _api;

    internal DataApi(ApiConnection api) => _api = api;

    /// <summary>All stores with their markets.</summary>
    public Task<IReadOnlyList<StoreEntry>> ListAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<StoreEntry>>($"data", cancellationToken);

    /// <summary>The sources that a batch can name.</summary>
    public Task<IReadOnlyList<SourceEntry>> SourcesAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<SourceEntry>>($"data/sources", cancellationToken);

    /// <summary>A page of the bar files of the data folder that a batch can use.</summary>
    /// <param name="sort">file, symbol, timeframe, bars, first, last, bytes or findings; -bars sorts the largest first.</param>
    /// <param name="search">A part of the file or the symbol.</param>
    /// <param name="cursor">The cursor from the previous page; null for the first page.</param>
    public Task<BarFilePage> FilesAsync(string? sort = null, string? search = null, string? cursor = null, int? limit = null,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<BarFilePage>($"data/files?sort={sort}&search={search}&cursor={cursor}&limit={limit}", cancellationToken);

    /// <summary>Number of bars of a market on each day.</summary>
    public Task<MarketCoverage> CoverageAsync(string store, string symbol, string timeframe,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<MarketCoverage>($"data/coverage?store={store}&symbol={symbol}&timeframe={timeframe}", cancellationToken);

    /// <summary>Bars of a market at a timeframe, as stored; more than <paramref name="limit"/> are joined.</summary>
    /// <param name="timeframe">The stored timeframe, or a multiple of it.</param>
    /// <param name="from">Open time of the first bar, UTC, such as 2024-01-31; null for the start.</param>
    /// <param name="to">The exclusive end, UTC; null for the last bar.</param>
    /// <param name="limit">From 4 to 20,000.</param>
    public Task<RunBars> BarsAsync(string store, string symbol, string timeframe, string? from = null, string? to = null,
        int? limit = null, CancellationToken cancellationToken = default) => _api.GetAsync<RunBars>(
            $"data/bars?store={store}&symbol={symbol}&timeframe={timeframe}&from={from}&to={to}&limit={limit}", cancellationToken);

    /// <summary>All bars of a market as CSV, as stored: time (UTC), open, high, low, close, volume.</summary>
    public Task<ApiFile> FileAsync(string store, string symbol, string timeframe, CancellationToken cancellationToken = default) =>
        _api.OpenAsync($"data/file?store={store}&symbol={symbol}&timeframe={timeframe}", cancellationToken);

    /// <summary>Findings in a market, or in all markets of a timeframe.</summary>
    public Task<IReadOnlyList<FindingRow>> CheckAsync(string store, string timeframe, string? symbol = null,
        CancellationToken cancellationToken = default) => _api.GetAsync<IReadOnlyList<FindingRow>>(
            $"data/quality?store={store}&timeframe={timeframe}&symbol={symbol}", cancellationToken);

    /// <summary>Differences of two stores on a market.</summary>
    /// <param name="tolerance">Prices that differ by at most this percentage are equal.</param>
    /// <param name="volumeTolerance">Volumes that differ by at most this percentage are equal.</param>
    public Task<StoreComparison> CompareAsync(string a, string b, string symbol, string timeframe, double? tolerance = null,
        double? volumeTolerance = null, CancellationToken cancellationToken = default) => _api.GetAsync<StoreComparison>(
            $"data/compare?a={a}&b={b}&symbol={symbol}&timeframe={timeframe}&tolerance={tolerance}&volumeTolerance={volumeTolerance}",
            cancellationToken);

    /// <summary>The caller's uploads.</summary>
    public Task<IReadOnlyList<Upload>> UploadsAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<Upload>>($"uploads", cancellationToken);

    /// <summary>Uploads a file of bars; one of the same name is replaced.</summary>
    /// <param name="bars">The file, as text/csv or application/json.</param>
    public Task<Upload> UploadAsync(string name, HttpContent bars, CancellationToken cancellationToken = default) =>
        _api.SendAsync<Upload>(HttpMethod.Put, $"uploads/{name}", bars, cancellationToken);

    /// <summary>Deletes an upload.</summary>
    public Task DeleteUploadAsync(string name, CancellationToken cancellationToken = default) =>
        _api.SendAsync(HttpMethod.Delete, $"uploads/{name}", cancellationToken);
}
