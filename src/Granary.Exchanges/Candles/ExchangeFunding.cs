using Granary.Data.Funding;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Exchanges.Binance;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Gateio;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Trading;
using Granary.Storage.Retries;

namespace Granary.Exchanges.Candles;

/// <summary>Downloads the funding rates of a perpetual future, page by page, within the exchange's rate limit.</summary>
internal sealed class ExchangeFunding : IAsyncDisposable
{
    private readonly IFundingHistory _history;
    private readonly TimeProvider _clock;

    private ExchangeFunding(IFundingHistory history, TimeProvider clock) => (_history, _clock) = (history, clock);

    /// <summary>The names of the markets with a history of funding rates.</summary>
    public static IReadOnlyList<string> Names { get; } = [BinanceFutures.Market, GateioFutures.Market.Name, KucoinFutures.Market.Name];

    /// <param name="market">One of <see cref="Names"/>.</param>
    /// <param name="endpoint">Address of the REST interface; null for the exchange's own.</param>
    /// <exception cref="BarDataException">There is no such market, or the endpoint is not an address.</exception>
    public static ExchangeFunding Open(string market, string? endpoint, TimeProvider clock)
    {
        try
        {
            IFundingHistory history = market == BinanceFutures.Market
                ? new BinanceFutures(new ExchangeConnection(market, BinanceFutures.Title, VenueOptions.Endpoint(endpoint ?? "",
                    BinanceFutures.Home), null, BinanceFutures.Budget, clock))
                : market == GateioFutures.Market.Name ? (IFundingHistory)GateioFutures.Market.Open(endpoint ?? "", null, clock)
                : market == KucoinFutures.Market.Name ? (IFundingHistory)KucoinFutures.Market.Open(endpoint ?? "", null, clock)
                : throw new BarDataException($"'{market}' has no history of funding rates; use {string.Join(", ", Names)}");
            return new ExchangeFunding(history, clock);
        }
        catch (ArgumentException e)
        {
            throw new BarDataException(e.Message, e);
        }
    }

    /// <summary>Reads the fundings of a range that have been paid, oldest first.</summary>
    /// <param name="symbol">In any spelling.</param>
    /// <param name="from">UTC ticks.</param>
    /// <param name="to">The exclusive end, UTC ticks.</param>
    /// <exception cref="BarDataException">The exchange does not list the symbol, or refuses the request.</exception>
    /// <exception cref="BarStoreException">The exchange does not respond.</exception>
    public async Task<IReadOnlyList<FundingRow>> ReadAsync(string symbol, long from, long to, CancellationToken cancellationToken = default)
    {
        var listed = await RequestAsync(_history.InstrumentsAsync, cancellationToken).ConfigureAwait(false);
        VenueInstrument instrument;
        try
        {
            instrument = VenueCheck.Match(_history.Name, listed, [symbol])[symbol];
        }
        catch (InputException e)
        {
            throw new BarDataException($"{_history.Name} does not list {symbol}; write it as BTC-USDT", e);
        }
        var rows = new SortedDictionary<long, FundingRow>();
        // A rate of a later time is an estimate.
        to = Math.Min(to, _clock.GetUtcNow().UtcTicks);
        for (var (at, step) = (from, _history.FundingHours * TimeSpan.TicksPerHour); at < to; at += step)
        {
            var (start, end) = (new DateTimeOffset(at, TimeSpan.Zero), new DateTimeOffset(Math.Min(to, at + step), TimeSpan.Zero));
            foreach (var row in await RequestAsync(stop => _history.FundingRatesAsync(instrument, start, end, stop), cancellationToken)
                .ConfigureAwait(false))
                if (row.Time >= from && row.Time < to)
                    rows[row.Time] = row;
        }
        return [.. rows.Values];
    }

    private async Task<T> RequestAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await RetryPolicies.ServerAway(static e => e is BrokerUnavailableException, TimeSpan.FromMinutes(2), _clock)
                .RunAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            throw new BarStoreException($"{e.Message.TrimEnd('.')}; try again later", e);
        }
        catch (VenueRefusalException e)
        {
            throw new BarDataException($"{_history.Name} refuses the request: {e.Message} ({e.Code})", e);
        }
    }

    public ValueTask DisposeAsync() => _history.DisposeAsync();
}
