using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Granary.Data.Memory;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Synthetic;

/// <summary>
/// Generates markets when a batch reads them: <c>generated:ACME,BTCUSDT?from=2024-01-01&amp;to=2024-07-01&amp;seed=7</c>. Without symbols
/// it has the sample symbols. The bars equal the output of <c>granary data generate</c> with the same symbols, dates and seed.
/// </summary>
public sealed class GeneratedBarSource : IBarSource
{
    // The New York Stock Exchange: 390 minutes on five days of seven.
    private const double DaysOfStocks = 5.0 / 7, SessionOfStocks = 390.0 / 1440;

    private readonly Dictionary<string, SyntheticMarket> _markets = new(StringComparer.Ordinal);
    private readonly Address _address;
    private readonly ConcurrentDictionary<(string Symbol, Timeframe Timeframe), Bar[]> _bars = new();

    private GeneratedBarSource(IReadOnlyList<SyntheticMarket> markets, Address address)
    {
        foreach (var market in markets) _markets.TryAdd(market.Instrument.Symbol, market);
        _address = address;
    }

    /// <exception cref="BarDataException">The address or the parameters of a market are invalid.</exception>
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
        new([.. _markets.Keys.Order(StringComparer.Ordinal)]);

    /// <summary>Estimates the number of bars of some symbols, and the number of minutes that they are built from.</summary>
    /// <param name="symbols">The symbols of a batch; <c>*</c> is all.</param>
    public (double Bars, double Minutes) Count(IReadOnlyList<string> symbols, Timeframe timeframe)
    {
        var (bars, minutes) = (0.0, 0.0);
        foreach (var market in symbols.Contains("*") ? _markets.Values : symbols.Select(s => _markets.GetValueOrDefault(s)))
            if (market is not null)
            {
                var isContinuous = market.Instrument.Calendar.IsContinuous;
                var days = (double)(market.To - market.From) / TimeSpan.TicksPerDay * (isContinuous ? 1 : DaysOfStocks);
                var minutesOfDay = 1440 * (isContinuous ? 1 : SessionOfStocks);
                minutes += days * minutesOfDay;
                bars += days * Math.Min(minutesOfDay, Math.Max(1, minutesOfDay * TimeSpan.TicksPerMinute / timeframe.Ticks));
            }
        return (bars, minutes);
    }

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        if (!_markets.TryGetValue(query.Symbol, out var market))
        {
            var nearest = Spelling.Nearest(query.Symbol, _markets.Keys);
            throw new BarDataException(
                $"'{_address}' has no symbol '{query.Symbol}'; "
                    + $"{(nearest is null ? "name it in front of the question mark" : $"did you mean {nearest}?")}");
        }
        var key = (query.Symbol, query.Timeframe);
        if (!_bars.TryGetValue(key, out var all)) all = _bars.GetOrAdd(key, Generate(market, query.Timeframe, cancellationToken));
        Bar[] bars = query.From is null && query.To is null ? all : [.. all.Where(b => !(b.Time < query.From) && !(b.Time >= query.To))];
        if (bars.Length == 0) throw new BarDataException($"'{_address}' has "
            + $"no {query.Timeframe} bars of {query.Symbol} in the time that was asked for; change from and to");
        return new ValueTask<IBarSeries>(new MemoryBarSeries(InstrumentOf(query, bars), query.Timeframe, bars, []));
    }

    private Bar[] Generate(SyntheticMarket market, Timeframe timeframe, CancellationToken cancellationToken)
    {
        ProcessMemory.Check($"'{_address}' with {timeframe} bars of {market.Instrument.Symbol}",
            Count([market.Instrument.Symbol], timeframe).Bars * Unsafe.SizeOf<Bar>());
        var bars = new List<Bar>();
        foreach (var bar in MarketGenerator.Generate(market, timeframe))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bars.Add(bar);
        }
        return [.. bars];
    }

    // The same as for a file with these bars, so that both give the same digest; data.instruments adds the rest in both cases.
    private static Instrument InstrumentOf(BarQuery query, Bar[] bars) => new()
    {
        Symbol = query.Symbol,
        PriceDecimals = bars.Max(b => Math.Max(Math.Max(PriceText.Decimals(b.Open), PriceText.Decimals(b.High)),
            Math.Max(PriceText.Decimals(b.Low), PriceText.Decimals(b.Close)))),
        DailyEquity = query.Timeframe == Timeframe.D1 && !bars.Any(b => b.Time / TimeSpan.TicksPerDay % 7 >= 5),
    };
}
