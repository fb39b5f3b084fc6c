using System.Collections.Concurrent;
using System.Globalization;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Synthetic;

/// <summary>
/// Markets that are generated where a batch reads them: <c>generated:ACME,BTCUSDT?from=2024-01-01&amp;to=2024-07-01&amp;seed=7</c>.
/// Without symbols it has those of the samples. The bars are those of <c>granary data generate</c> with the same symbols, dates and seed.
/// </summary>
public sealed class GeneratedBarSource : IBarSource
{
    private readonly IReadOnlyList<SyntheticMarket> _markets;
    private readonly Address _address;
    private readonly ConcurrentDictionary<(string Symbol, Timeframe Timeframe), Lazy<Bar[]>> _bars = new();

    private GeneratedBarSource(IReadOnlyList<SyntheticMarket> markets, Address address) => (_markets, _address) = (markets, address);

    /// <exception cref="BarDataException">It is no such address, or a market makes no sense.</exception>
    public static GeneratedBarSource Of(Address address)
    {
        var options = address.Options(["from", "to", "seed"]);
        long Day(string name)
        {
            if (options.TryGetValue(name, out var value)
                && DateTime.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                return day.Ticks;
            throw new BarDataException($"'{address}': {name} is missing or no date; write generated:ACME?from=2024-01-01&to=2024-07-01");
        }
        var seed = 1UL;
        if (options.TryGetValue("seed", out var given) && !ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out seed))
            throw new BarDataException($"'{address}': seed cannot be '{given}'; write a whole number from 0 on");
        var symbols = address.Body.Length == 0 ? DataGeneration.SampleSymbols : address.Body.Split(',');
        return new GeneratedBarSource(DataGeneration.Markets(symbols, Day("from"), Day("to"), seed), address);
    }

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new([.. _markets.Select(m => m.Instrument.Symbol).Order(StringComparer.Ordinal)]);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var market = _markets.FirstOrDefault(m => m.Instrument.Symbol == query.Symbol);
        if (market is null)
        {
            var nearest = Spelling.Nearest(query.Symbol, _markets.Select(m => m.Instrument.Symbol));
            throw new BarDataException(
                $"'{_address}' has no symbol '{query.Symbol}'; "
                    + $"{(nearest is null ? "name it in front of the question mark" : $"did you mean {nearest}?")}");
        }
        var all = _bars.GetOrAdd((query.Symbol, query.Timeframe),
            key => new Lazy<Bar[]>(() => [.. MarketGenerator.Generate(market, key.Timeframe)])).Value;
        Bar[] bars = query.From is null && query.To is null ? all : [.. all.Where(b => !(b.Time < query.From) && !(b.Time >= query.To))];
        if (bars.Length == 0) throw new BarDataException($"'{_address}' has "
            + $"no {query.Timeframe} bars of {query.Symbol} in the time that was asked for; change from and to");
        return new ValueTask<IBarSeries>(new MemoryBarSeries(InstrumentOf(query, bars), query.Timeframe, bars, []));
    }

    // As a file with these bars shows it, so that a run has the digest of one over the file; data.instruments tells the rest in both cases.
    private static Instrument InstrumentOf(BarQuery query, Bar[] bars) => new()
    {
        Symbol = query.Symbol,
        PriceDecimals = bars.Max(b => Math.Max(Math.Max(PriceText.Decimals(b.Open), PriceText.Decimals(b.High)),
            Math.Max(PriceText.Decimals(b.Low), PriceText.Decimals(b.Close)))),
        DailyEquity = query.Timeframe == Timeframe.D1 && !bars.Any(b => b.Time / TimeSpan.TicksPerDay % 7 >= 5),
    };
}
