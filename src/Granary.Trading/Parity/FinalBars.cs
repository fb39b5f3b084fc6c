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

    private FinalBars(Address address, Timeframe timeframe) => (_address, _timeframe) = (address, timeframe);

    /// <summary>The markets of the session, with the instruments of the source.</summary>
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
        try
        {
            var end = past.OfType<BarsTaken>().Max(t => t.Timestamp);
            foreach (var symbol in spec.Data.Symbols)
            {
                var from = bars._taken.TryGetValue(symbol, out var own) ? own[0].Time : bars._taken.Values.Min(b => b[0].Time);
                await bars.ReadAsync(source, symbol, from, end, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (source is IAsyncDisposable opened) await opened.DisposeAsync().ConfigureAwait(false);
        }
        return bars;
    }

    private async Task ReadAsync(IBarSource source, string symbol, long from, long end, CancellationToken cancellationToken)
    {
        var series = await source.OpenAsync(new BarQuery(symbol, _timeframe, from, end), cancellationToken).ConfigureAwait(false);
        await using (series.ConfigureAwait(false))
        {
            _markets.Add(new MarketSeries(series.Instrument, _timeframe) { Columns = series.Columns });
            List<Bar> read = [];
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
                for (var i = 0; i < block.Count; i++) read.Add(block[i]);
            _final.Add(symbol, read);
        }
    }

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

    /// <summary>Compares the bars up to a time.</summary>
    /// <param name="end">UTC ticks.</param>
    public ComparedBars Until(long end)
    {
        var (final, late) = (new LiveBars(_markets), new LiveBars(_markets));
        long revised = 0, missing = 0, kept = 0, count = 0;
        foreach (var symbol in _markets.Select(m => m.Instrument.Symbol))
        {
            var taken = _taken.GetValueOrDefault(symbol) ?? [];
            var now = _final[symbol];
            var (t, f) = (0, 0);
            while (t < taken.Count || f < now.Count)
            {
                var isTaken = t < taken.Count && (f == now.Count || taken[t].Time <= now[f].Time);
                var isFinal = f < now.Count && (t == taken.Count || now[f].Time <= taken[t].Time);
                var bar = isFinal ? now[f] : taken[t];
                if (_timeframe.CloseOf(bar.Time) > end) break;
                // A source that begins later than the journal has not lost the bars before.
                var isBefore = !isFinal && f == 0;
                if (isBefore) kept++;
                else if (!isTaken) missing++;
                else if (!isFinal || !IsSame(taken[t], now[f])) revised++;
                if (isFinal || isBefore) final.Add(symbol, isFinal && isTaken ? WithColumns(now[f], taken[t]) : bar);
                late.Add(symbol, isTaken ? taken[t] : bar);
                if (isTaken) (t, count) = (t + 1, count + 1);
                if (isFinal) f++;
            }
        }
        return new ComparedBars(final, late, count, revised, missing, kept);
    }

    // Columns of slower series come from the same tables in both.
    private static Bar WithColumns(Bar final, in Bar taken) => final.Further is null ? final with { Further = taken.Further } : final;

    private static bool IsSame(in Bar a, in Bar b) =>
        a.Open == b.Open && a.High == b.High && a.Low == b.Low && a.Close == b.Close && a.Volume.Equals(b.Volume);
}

/// <summary>The final bars up to a time, compared with those that the session took.</summary>
/// <param name="Final">The final bars.</param>
/// <param name="Late">The session's bars with those that it did not take.</param>
/// <param name="Taken">How many bars the session took.</param>
/// <param name="Revised">How many of the session's bars have other values, or are gone.</param>
/// <param name="Missing">How many final bars the session did not take.</param>
/// <param name="Kept">How many bars are those of the session, since the source begins later.</param>
internal sealed record ComparedBars(LiveBars Final, LiveBars Late, long Taken, long Revised, long Missing, long Kept);
