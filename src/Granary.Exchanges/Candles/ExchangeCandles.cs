using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Markets;
using Granary.Exchanges.Trading;
using Granary.Storage.Retries;

namespace Granary.Exchanges.Candles;

/// <summary>Downloads the candle history of an exchange, page by page, within the exchange's rate limit.</summary>
internal sealed class ExchangeCandles : IAsyncDisposable
{
    private readonly ICandleHistory _history;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _away;

    private ExchangeCandles(ICandleHistory history, TimeProvider clock, TimeSpan away) =>
        (_history, _clock, _away) = (history, clock, away);

    /// <summary>The names of the exchanges with a history.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ExchangeMarkets.All.Select(m => m.Name)];

    /// <param name="exchange">One of <see cref="Names"/>.</param>
    /// <param name="endpoint">Address of the REST interface; null for the exchange's own.</param>
    /// <param name="away">Timeout of the attempts while the exchange does not answer; two minutes by default.</param>
    /// <exception cref="BarDataException">There is no such exchange, or the endpoint is not an address.</exception>
    public static ExchangeCandles Open(string exchange, string? endpoint, TimeProvider clock, TimeSpan? away = null)
    {
        var longest = away ?? TimeSpan.FromMinutes(2);
        var market = ExchangeMarkets.All.FirstOrDefault(m => m.Name == exchange)
            ?? throw new BarDataException($"there is no exchange '{exchange}'; use {string.Join(", ", Names)}");
        try
        {
            return new ExchangeCandles(market.Open(endpoint ?? "", null, clock), clock, longest);
        }
        catch (ArgumentException e)
        {
            throw new BarDataException(e.Message, e);
        }
    }

    /// <summary>The time range of one request, in ticks.</summary>
    internal long PageOf(Timeframe timeframe) => _history.PageSize * timeframe.Ticks;

    /// <summary>Open time of the first bar that the exchange offers now, UTC ticks; null if it offers all since the listing.</summary>
    internal long? FirstOf(Timeframe timeframe) => _history.LatestCandles is > 0 and var latest
        ? timeframe.Floor(_clock.GetUtcNow().UtcTicks) - (latest - 1) * timeframe.Ticks : null;

    /// <summary>Requests the trading rules of a symbol in any spelling.</summary>
    /// <exception cref="BarDataException">The exchange does not list it.</exception>
    /// <exception cref="BarStoreException">The exchange does not answer.</exception>
    public async Task<Instrument> FindAsync(string symbol, CancellationToken cancellationToken = default)
    {
        var found = await ListedAsync(symbol, cancellationToken).ConfigureAwait(false);
        return found.Describe(Data.Brokers.BrokerCapabilities.Any).Instrument with { Venue = _history.Name.ToUpperInvariant() };
    }

    private async Task<VenueInstrument> ListedAsync(string symbol, CancellationToken cancellationToken)
    {
        var listed = await RequestAsync(_history.InstrumentsAsync, cancellationToken).ConfigureAwait(false);
        if (InverseContracts.FaultOf(_history.Name, listed, symbol) is { } inverse) throw new BarDataException(inverse);
        try
        {
            return VenueCheck.Match(_history.Name, listed, [symbol])[symbol];
        }
        catch (InputException e)
        {
            throw new BarDataException($"{_history.Name} does not list {symbol}; write it as BTC-USDT", e);
        }
    }

    /// <summary>Reads closed bars in pages, oldest first and without duplicates. Gaps are not filled.</summary>
    /// <param name="from">Open time of the first bar, UTC ticks.</param>
    /// <param name="to">The exclusive end, UTC ticks.</param>
    /// <exception cref="BarDataException">The exchange does not list the symbol, or has no bars of this timeframe or range.</exception>
    /// <exception cref="BarStoreException">The exchange does not respond.</exception>
    public async IAsyncEnumerable<IReadOnlyList<Bar>> ReadAsync(string symbol, Timeframe timeframe, long from, long to,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var instrument = await ListedAsync(symbol, cancellationToken).ConfigureAwait(false);
        if (FirstOf(timeframe) is { } first && from < first)
            throw new BarDataException(FormattableString.Invariant(
                $"{_history.Name} has only the last {_history.LatestCandles} bars of {timeframe}; begin at ")
                + FormattableString.Invariant($"{new DateTime(first, DateTimeKind.Utc):yyyy-MM-dd'T'HH:mm:ss'Z'} or later"));
        var last = long.MinValue;
        for (var at = from; at < to;)
        {
            var now = _clock.GetUtcNow().UtcTicks;
            var end = Math.Min(to, at + PageOf(timeframe));
            var (start, until) = (new DateTimeOffset(at, TimeSpan.Zero), new DateTimeOffset(end, TimeSpan.Zero));
            var page = await RequestAsync(stop => _history.PageAsync(instrument, timeframe, start, until, stop), cancellationToken)
                .ConfigureAwait(false);
            var bars = page.Where(b => b.Time > last && b.Time >= at && b.Time < end && timeframe.CloseOf(b.Time) <= now)
                .OrderBy(b => b.Time).DistinctBy(b => b.Time).ToList();
            if (bars.Count > 0)
            {
                last = bars[^1].Time;
                yield return bars;
            }
            at = end;
        }
    }

    private async Task<T> RequestAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await RetryPolicies.ServerAway(static e => e is BrokerUnavailableException, _away, _clock)
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
