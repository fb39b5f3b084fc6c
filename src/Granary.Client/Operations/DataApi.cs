// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Data.</summary>
public sealed class DataApi
{
    private readonly ApiConnection _connection;

    internal DataApi(ApiConnection connection) => _connection = connection;

    /// <summary>The stores of the data folder, with their markets.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<StoreEntry>> ListDataAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<StoreEntry>>(new ApiRequest(HttpMethod.Get, "api/v1/data"), cancellationToken);

    /// <summary>How many bars a market has on each day.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<MarketCoverage> GetCoverageAsync(string store, string symbol, string timeframe,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<MarketCoverage>(new ApiRequest(HttpMethod.Get, "api/v1/data/coverage").Query("store", store)
            .Query("symbol", symbol).Query("timeframe", timeframe), cancellationToken);

    /// <summary>What 'granary data check' finds in a market, or in all markets of a timeframe.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<FindingRow>> CheckDataAsync(string store, string timeframe, string? symbol = null,
        CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<FindingRow>>(new ApiRequest(HttpMethod.Get, "api/v1/data/quality").Query("store", store)
            .Query("timeframe", timeframe).Query("symbol", symbol), cancellationToken);

    /// <summary>Where two stores disagree on a market, as 'granary data compare' finds it.</summary>
    /// <remarks>
    /// Prices within 'tolerance' percent are equal, volumes within 'volumeTolerance' percent. The answer has the 1,000 widest disagreements
    /// in the order of time. Needs the role viewer.
    /// </remarks>
    /// <param name="tolerance">Prices that differ by at most so many percent are equal.</param>
    /// <param name="volumeTolerance">The same for volumes.</param>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<Comparison> CompareDataAsync(string a, string b, string symbol, string timeframe, double? tolerance = null,
        double? volumeTolerance = null, CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<Comparison>(new ApiRequest(HttpMethod.Get, "api/v1/data/compare").Query("a", a).Query("b", b)
            .Query("symbol", symbol).Query("timeframe", timeframe).Query("tolerance", tolerance).Query("volumeTolerance", volumeTolerance),
            cancellationToken);
}
