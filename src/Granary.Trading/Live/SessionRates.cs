using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;

namespace Granary.Trading.Live;

/// <summary>
/// The exchange rates of a session's account. A rate counts from the time at which its source knows it, or from the next bars on if the
/// session finds it later. Each rate is a fact of the journal, so that a replay counts with the same ones.
/// </summary>
/// <remarks>
/// Strategies, portfolio and paper venue run ahead of the facts in a replay and need all rates before; the ledger takes them in the order
/// of the facts, as its fills come between them.
/// </remarks>
internal sealed class SessionRates : ICurrencyRates
{
    // How often a source is read again while a rate is overdue.
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly DataSpec _data;
    private readonly string _account;
    private readonly long _longest;
    private readonly SortedDictionary<string, SessionRate> _rates = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stale = new(StringComparer.Ordinal);
    private CurrencyRates? _source;
    // Makes a reader of the source as it is now; null if the source is a file or store of past rates.
    private Func<CurrencyRates>? _again;
    private TimeProvider _clock = TimeProvider.System;
    private long? _read;
    private string? _fault;
    private long _last = long.MinValue;

    private SessionRates(BatchSpec spec)
    {
        (_data, _account) = (spec.Data, CurrencyUnit.Of(spec.Data.AccountCurrency!));
        _longest = spec.Longest.Ticks;
    }

    /// <summary>Opens the rates of a session's markets.</summary>
    /// <param name="markets">The markets of the feed.</param>
    /// <param name="bars">The address of the feed.</param>
    /// <param name="isStream">Whether the feed is live, so that rates are read again or followed on it.</param>
    /// <returns>Null if all markets are in the account's currency.</returns>
    /// <exception cref="InputException">The rates cannot be read.</exception>
    public static async Task<SessionRates?> OpenAsync(BatchSpec spec, Address bars, bool isStream, IEnumerable<Instrument> markets,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var currencies = Foreign(spec, markets);
        if (currencies.Count == 0) return null;
        var rates = new SessionRates(spec) { _clock = clock };
        // Rates from the place of the bars come with the bars: from their replay, or over their stream.
        var isOnFeed = IsOnFeed(spec.Data);
        var data = isOnFeed && !isStream ? spec.Data with { Fx = spec.Data.Fx! with { Source = bars } } : spec.Data;
        rates._source = new CurrencyRates(data, spec.Catalogues);
        if (isStream && !isOnFeed && data.Fx is not null) rates._again = () => new CurrencyRates(data, spec.Catalogues);
        try
        {
            foreach (var currency in currencies)
            {
                // Without "fx", parts of one currency are known alone; a missing rate is reported with the markets that need it.
                if (data.Fx is null && CurrencyUnit.Whole(currency).Currency != CurrencyUnit.Whole(rates._account).Currency) continue;
                var way = await rates._source.RouteAsync(currency, rates._account, cancellationToken).ConfigureAwait(false);
                if (way is not { } route) continue;
                var rate = new SessionRate(route, data.Fx?.MaxAge.Ticks ?? long.MaxValue);
                foreach (var leg in rate.Legs)
                    leg.Add(await rates._source.ReadAsync(leg.Pair, cancellationToken: cancellationToken).ConfigureAwait(false));
                rates._rates.Add(currency, rate);
            }
        }
        catch (BarDataException e) when (e.Line is null && spec.Data.FxPlace is { } place)
        {
            throw place.Fault(e.Message, e);
        }
        rates.Pairs = isStream && isOnFeed
            ? [.. rates._rates.Values.SelectMany(r => r.Legs).Select(l => l.Pair).Distinct(StringComparer.Ordinal)] : [];
        return rates;
    }

    /// <summary>Creates the rates of a session from its facts.</summary>
    /// <returns>Null if it has none.</returns>
    public static SessionRates? Of(BatchSpec spec, IEnumerable<JournalEvent> facts, IEnumerable<Instrument> markets)
    {
        if (Foreign(spec, markets) is not { Count: > 0 } currencies) return null;
        var rates = new SessionRates(spec);
        foreach (var currency in currencies)
            rates._rates.Add(currency, new SessionRate(
                CurrencyUnit.Whole(currency) is var (whole, part) && CurrencyUnit.Whole(rates._account) is var (unit, of) && whole == unit
                    ? new RateRoute([], part / of) : new RateRoute([("", false)], 1), spec.Data.Fx?.MaxAge.Ticks ?? long.MaxValue));
        rates.Know(facts);
        return rates;
    }

    private static List<string> Foreign(BatchSpec spec, IEnumerable<Instrument> markets) =>
        spec.Data.AccountCurrency is not { } account ? []
            : [.. markets.Select(m => CurrencyUnit.Of(SymbolCurrency.Of(spec.Data, m).Currency))
            .Where(c => c != CurrencyUnit.Of(account)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static bool IsOnFeed(DataSpec data) => data.Fx is { } fx && data.Parts.Count == 0 && fx.Source == data.Source
        && (fx.Timeframe ?? data.Timeframe) == data.Timeframe;

    /// <summary>The pairs that the session follows on the stream of its bars.</summary>
    public IReadOnlyList<string> Pairs { get; private set; } = [];

    /// <summary>Why the rates could not be read again; null if they could.</summary>
    public string? Fault => _fault;

    /// <inheritdoc/>
    public Task<RateSeries?> OfAsync(string from, string to, CancellationToken cancellationToken) =>
        Task.FromResult(_rates.GetValueOrDefault(CurrencyUnit.Of(from))?.Ahead);

    /// <inheritdoc/>
    public Task<string> ListAsync(CancellationToken cancellationToken) => _source?.ListAsync(cancellationToken) ?? Task.FromResult("");

    /// <summary>Returns an instrument with its currency and the rates that the ledger counts with.</summary>
    public Instrument Booked(Instrument instrument)
    {
        var currency = SymbolCurrency.Of(_data, instrument).Currency;
        return instrument with
        {
            Currency = currency,
            Rates = _rates.GetValueOrDefault(CurrencyUnit.Of(currency))?.Booked ?? RateSeries.None,
        };
    }

    /// <summary>Takes the rates of a journal, before the strategies run over its bars.</summary>
    public void Know(IEnumerable<JournalEvent> facts)
    {
        foreach (var taken in facts.OfType<RatesTaken>().SelectMany(f => f.Rates))
            if (_rates.TryGetValue(taken.Currency, out var rate)) rate.Know(taken);
    }

    /// <summary>Books the rates of a fact, for the ledger.</summary>
    /// <exception cref="InputException">They are in the currency of an earlier configuration of the account.</exception>
    public void Book(RatesTaken fact)
    {
        if (fact.Currency != _account)
            throw new InputException($"the account was in {fact.Currency}, and the configuration's account.currency is {_account}; give it "
                + "a new --state or another --account");
        foreach (var taken in fact.Rates)
            if (_rates.TryGetValue(taken.Currency, out var rate)) rate.Book(taken);
    }

    /// <summary>The time up to which the session has processed bars, UTC ticks.</summary>
    public void Reach(long time) => _last = Math.Max(_last, time);

    /// <summary>Takes the rates that are known by a time slice, before it is processed.</summary>
    /// <returns>The fact of it; null if there are none.</returns>
    public async ValueTask<RatesTaken?> TakeAsync(TimeSlice slice, CancellationToken cancellationToken)
    {
        if (Pairs.Count > 0)
            foreach (var (pair, bar, timeframe) in slice.Bars)
                if (timeframe == _data.Timeframe && Pairs.Contains(pair, StringComparer.Ordinal)) Add(pair, slice.Time, bar.Close);
        if (_again is not null) await ReadAgainAsync(slice.Time, cancellationToken).ConfigureAwait(false);
        List<TakenRate> taken = [];
        var opens = slice.Bars.Min(b => b.Bar.Time);
        foreach (var (currency, rate) in _rates) rate.Take(currency, slice.Time, _last, opens - 2 * _longest, taken);
        Reach(slice.Time);
        if (taken.Count == 0) return null;
        var fact = new RatesTaken(slice.Time, _account, taken);
        Know([fact]);
        Book(fact);
        return fact;
    }

    private void Add(string pair, long time, double value)
    {
        foreach (var leg in _rates.Values.SelectMany(r => r.Legs))
            if (leg.Pair == pair) leg.Add(time, value);
    }

    // A rate is overdue when the next one of its kind should be known.
    private async Task ReadAgainAsync(long now, CancellationToken cancellationToken)
    {
        var step = _data.Fx!.Timeframe ?? _data.Timeframe;
        var due = _rates.Values.SelectMany(r => r.Legs).Where(l => l.LastTime is not { } last || last + step.Ticks <= now)
            .DistinctBy(l => l.Pair).Select(l => (l.Pair, From: l.LastTime)).ToList();
        if (due.Count == 0 || _read is { } read && _clock.GetElapsedTime(read) < s_pause) return;
        _read = _clock.GetTimestamp();
        var source = _again!();
        try
        {
            foreach (var (pair, from) in due)
            {
                var found = await source.ReadAsync(pair, from is { } last ? step.OpenOf(last) : null, cancellationToken)
                    .ConfigureAwait(false);
                foreach (var leg in _rates.Values.SelectMany(r => r.Legs).Where(l => l.Pair == pair)) leg.Add(found);
            }
            _fault = null;
        }
        catch (Exception e) when (e is BarDataException or BarStoreException)
        {
            // The last rates count until they are too old.
            _fault = e.Message;
        }
    }

    /// <summary>Returns why a market of a time slice has no rate for its bar: the first one is later. Null if all have.</summary>
    public InputException? FaultOf(in TimeSlice slice, Func<string, Instrument> instrumentOf)
    {
        foreach (var (symbol, bar, timeframe) in slice.Bars)
        {
            if (timeframe != _data.Timeframe || bar.Time < (_data.From ?? long.MinValue)) continue;
            if (instrumentOf(symbol) is var instrument && instrument.Rates.FaultAt(bar.Time) is { IsFirst: true } fault)
                return (_data.FxPlace ?? _data.Place).Fault(AccountCurrency.Sentence(_data, instrument, bar.Time, fault));
        }
        return null;
    }

    /// <summary>Whether the last rate of an instrument's currency is too old to enter by it.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <param name="note">Receives a sentence when it becomes so.</param>
    public bool IsStale(Instrument instrument, long time, Action<string> note)
    {
        if (instrument.Rates.FaultAt(time) is not { } fault)
        {
            _stale.Remove(instrument.Currency);
            return false;
        }
        if (!_stale.Add(instrument.Currency)) return true;
        var what = fault.IsFirst ? $"no rate of {instrument.Currency} in {_data.AccountCurrency} is known yet"
            : $"the last rate of {instrument.Currency} in {_data.AccountCurrency} is of {RunText.Time(fault.Time)}, older than maxAge";
        note($"{what}: nothing is entered in {instrument.Currency} until a newer one comes"
            + (_fault is null ? "" : $" ({_fault.TrimEnd('.')})"));
        return true;
    }

    /// <summary>Whether other rates than the session's count for a currency in a span of time.</summary>
    /// <param name="from">UTC ticks.</param>
    /// <param name="to">UTC ticks, inclusive.</param>
    public async Task<bool> DifferAsync(ICurrencyRates others, long from, long to, CancellationToken cancellationToken)
    {
        foreach (var (currency, rate) in _rates)
            if (await others.OfAsync(currency, _account, cancellationToken).ConfigureAwait(false) is { } other && Differ(rate.Ahead, other))
                return true;
        return false;

        bool Differ(RateSeries own, RateSeries other)
        {
            foreach (var series in (RateSeries[])[own, other])
                foreach (var time in series.Times)
                    if (time >= from && time <= to && own.At(time) != other.At(time)) return true;
            return own.At(from) != other.At(from);
        }
    }
}
