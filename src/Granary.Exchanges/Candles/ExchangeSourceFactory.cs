using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;

namespace Granary.Exchanges.Candles;

/// <summary>Opens an exchange's history as a bar source: <c>exchange:kucoin</c>, for the warm-up and the gaps of live sessions.</summary>
[BarSource("exchange", Form = "exchange:kucoin")]
public sealed class ExchangeSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request)
    {
        var address = request.Address;
        var endpoint = address.Options(["endpoint"]).GetValueOrDefault("endpoint");
        if (!ExchangeCandles.Names.Contains(address.Body))
            throw new BarDataException($"'{request.Address}': there is no exchange '{address.Body}'; use "
                + string.Join(", ", ExchangeCandles.Names.Select(n => "exchange:" + n)));
        return new Source(address.Body, endpoint);
    }

    private sealed class Source(string exchange, string? endpoint) : IBarSource
    {
        // An exchange lists far more symbols than a batch uses.
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            throw new BarDataException($"exchange:{exchange} has too many symbols to list; name those that you want");

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            if (query.From is not { } from)
                throw new BarDataException($"exchange:{exchange} needs a first bar; give the data a 'from'");
            // A session waits for this request, but can continue without it.
            await using var candles = ExchangeCandles.Open(exchange, endpoint, TimeProvider.System, TimeSpan.FromSeconds(10));
            // A source returns the bars that it has.
            from = Math.Max(from, candles.FirstOf(query.Timeframe) ?? from);
            var bars = new List<Bar>();
            var instrument = await candles.FindAsync(query.Symbol, cancellationToken).ConfigureAwait(false);
            await foreach (var page in candles.ReadAsync(query.Symbol, query.Timeframe, from,
                query.To ?? TimeProvider.System.GetUtcNow().UtcTicks, cancellationToken).ConfigureAwait(false)) bars.AddRange(page);
            if (bars.Count == 0) throw new BarDataException($"exchange:{exchange} has no bars of {query} in that time");
            return new MemoryBarSeries(instrument with { Symbol = query.Symbol }, query.Timeframe, [.. bars], []);
        }
    }
}
