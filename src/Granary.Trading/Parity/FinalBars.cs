using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>The final bars of a session's markets, and the bars that the session took.</summary>
internal sealed class FinalBars
{
    private readonly Dictionary<string, List<Bar>> _taken = new(StringComparer.Ordinal), _final = new(StringComparer.Ordinal);
    private readonly Address _address;
    private readonly Timeframe _timeframe;
    private readonly List<MarketSeries> _markets = [];
    // By symbol, how many bars of each were compared.
    private readonly Dictionary<string, (int Taken, int Final)> _reached = new(StringComparer.Ordinal);
    private BarCounts _counts;

    private FinalBars(Address address, Timeframe timeframe) => (_address, _timeframe) = (address, timeframe);

    /// <summary>The markets of the session, with the instruments by which it traded.</summary>
    public IReadOnlyList<MarketSeries> Markets => _markets;

    /// <summary>Reads the bars of the source from the first to the last that the session took.</summary>
    /// <exception cref="BarDataException">The source cannot be read.</exception>
    public static async Task<FinalBars> ReadAsync(BatchSpec spec, Address address, IReadOnlyList<JournalEvent> past,
        CancellationToken cancellationToken)
    {
        var timeframe = spec.Data.Timeframe;
        var bars = new FinalBars(address, timeframe);
        foreach (var (symbol, bar, _) in past.OfType<BarsTaken>().SelectMany(t => t.Bars))
        {
            if (!bars._taken.TryGetValue(symbol, out var own)) bars._taken.Add(symbol, own = []);
            if (own is not [.., var last] || last.Time < bar.Time) own.Add(bar);
        }
        var data = spec.Data.Source == address ? spec.Data : spec.Data with { Source = address, Parts = [] };
        var source = BatchSources.Open(spec.Catalogues, data);
        var traded = past.OfType<SessionStarted>().LastOrDefault()?.Instruments ?? [];
        try
        {
            var end = past.OfType<BarsTaken>().Max(t => t.Timestamp);
            foreach (var symbol in spec.Data.Symbols)
            {
                var from = bars._taken.TryGetValue(symbol, out var own) ? own[0].Time : bars._taken.Values.Min(b => b[0].Time);
                await bars.ReadAsync(source, new BarQuery(symbol, timeframe, from, end), traded.FirstOrDefault(i => i.Symbol == symbol),
                    cancellationToken).ConfigureAwait(false);
            }
            // Markets that only an earlier configuration traded, and pairs whose closes were rates, are those of the journal.
            foreach (var (symbol, own) in bars._taken.Where(t => !bars._final.ContainsKey(t.Key)))
                if (traded.FirstOrDefault(i => i.Symbol == symbol) is { } instrument)
                {
                    bars._markets.Add(new MarketSeries(instrument, timeframe));
                    bars._final.Add(symbol, own);
                }
        }
        finally
        {
            if (source is IAsyncDisposable opened) await opened.DisposeAsync().ConfigureAwait(false);
        }
        return bars;
    }

    private async Task ReadAsync(IBarSource source, BarQuery query, Instrument? traded, CancellationToken cancellationToken)
    {
        var series = await source.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        await using (series.ConfigureAwait(false))
        {
            _markets.Add(new MarketSeries(Traded(series.Instrument, traded), _timeframe) { Columns = series.Columns });
            List<Bar> read = [];
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
                for (var i = 0; i < block.Count; i++) read.Add(block[i]);
            _final.Add(query.Symbol, read);
        }
    }

    // The session has rounded its quantities by its own instrument, and its calendar gives its days. The source may have no lots and no
    // calendar, as CSV, or those of today: another lot would look like other decisions. What happens to a market, as dividends,
    // funding and rolls, belongs to the final bars.
    private static Instrument Traded(Instrument source, Instrument? session) => session is null ? source : session with
    {
        PriceDecimals = session.PriceDecimals < 0 ? -1 : Math.Max(session.PriceDecimals, source.PriceDecimals),
        CorporateActions = source.CorporateActions.Count > 0 || source.IsAdjusted ? source.CorporateActions : session.CorporateActions,
        IsAdjusted = source.IsAdjusted,
        DelistedAt = source.DelistedAt > 0 ? source.DelistedAt : session.DelistedAt,
        Funding = source.Funding,
        Marks = source.Marks,
        Changes = source.Changes,
        Adjust = source.Adjust,
    };

    /// <summary>Checks that the source has the end of a day.</summary>
    /// <param name="end">The close of the last bar of the day, UTC ticks.</param>
    /// <exception cref="InputException">It ends before the session's bars do.</exception>
    public void CheckFinal(DateOnly day, long end)
    {
        foreach (var (symbol, taken) in _taken)
        {
            if (!_final.TryGetValue(symbol, out var final)) continue;
            var (own, last) = (LastUntil(taken, end), LastUntil(final, end));
            if (own is null || last >= own) continue;
            throw new InputException(FormattableString.Invariant($"{_address}: the bars of {symbol} are not final for {day:yyyy-MM-dd}: ")
                + $"they end at {(last is { } time ? RunText.Time(time) : "no bar")}, and the session has one of {RunText.Time(own.Value)}. "
                + "Compare the day when the source has it, or name another source of bars");
        }
    }

    private long? LastUntil(List<Bar> bars, long end)
    {
        for (var i = bars.Count - 1; i >= 0; i--)
            if (_timeframe.CloseOf(bars[i].Time) <= end)
                return bars[i].Time;
        return null;
    }

    /// <summary>The final bars up to the time that was reached.</summary>
    public LiveBars Final => field ??= new LiveBars(_markets);

    /// <summary>The session's bars up to that time, with those that it did not take.</summary>
    public LiveBars Late => field ??= new LiveBars(_markets);

    /// <summary>Compares the bars up to a time, which is later than the last one.</summary>
    /// <param name="end">UTC ticks.</param>
    /// <returns>The counts of all bars up to it.</returns>
    public BarCounts Reach(long end)
    {
        foreach (var symbol in _markets.Select(m => m.Instrument.Symbol))
        {
            var taken = _taken.GetValueOrDefault(symbol) ?? [];
            var now = _final[symbol];
            var (t, f) = _reached.GetValueOrDefault(symbol);
            while (t < taken.Count || f < now.Count)
            {
                var isTaken = t < taken.Count && (f == now.Count || taken[t].Time <= now[f].Time);
                var isFinal = f < now.Count && (t == taken.Count || now[f].Time <= taken[t].Time);
                var bar = isFinal ? now[f] : taken[t];
                if (_timeframe.CloseOf(bar.Time) > end) break;
                // A source that begins later than the journal has not lost the bars before.
                var isBefore = !isFinal && f == 0;
                if (isBefore) _counts = _counts with { Kept = _counts.Kept + 1 };
                else if (!isTaken) _counts = _counts with { Missing = _counts.Missing + 1 };
                else if (!isFinal || !IsSame(taken[t], now[f])) _counts = _counts with { Revised = _counts.Revised + 1 };
                if (isFinal || isBefore) Final.Add(symbol, isFinal && isTaken ? WithColumns(now[f], taken[t]) : bar);
                Late.Add(symbol, isTaken ? taken[t] : bar);
                if (isTaken) (t, _counts) = (t + 1, _counts with { Taken = _counts.Taken + 1 });
                if (isFinal) f++;
            }
            _reached[symbol] = (t, f);
        }
        return _counts;
    }

    // Columns of slower series come from the same tables in both.
    private static Bar WithColumns(Bar final, in Bar taken) => final.Further is null ? final with { Further = taken.Further } : final;

    private static bool IsSame(in Bar a, in Bar b) =>
        a.Open == b.Open && a.High == b.High && a.Low == b.Low && a.Close == b.Close && a.Volume.Equals(b.Volume);
}

/// <summary>Counts of differences between the final bars and the session's.</summary>
/// <param name="Taken">How many bars the session took.</param>
/// <param name="Revised">How many of the session's bars have other values, or are gone.</param>
/// <param name="Missing">How many final bars the session did not take.</param>
/// <param name="Kept">How many bars are the session's, since the source begins later.</param>
internal readonly record struct BarCounts(long Taken, long Revised, long Missing, long Kept);
