using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Feeds;

/// <summary>What is to be made of a live feed of short bars.</summary>
public sealed record WarmFeedRequest
{
    /// <summary>Short bars, one market for each symbol, all of one timeframe; taken over.</summary>
    public required ILiveFeed Feed { get; init; }

    /// <summary>Longer timeframes to build; each a multiple of the feed's.</summary>
    public IReadOnlyList<Timeframe> Longer { get; init; } = [];

    /// <summary>Has the bars before the feed begins, and gets those that it brings; null for neither.</summary>
    public IBarStore? Store { get; init; }

    /// <summary>Where the warm-up begins, UTC ticks; null for all that the store has.</summary>
    public long? WarmUpFrom { get; init; }

    /// <summary>Is asked for what the store lacks: bars of the time when nobody was listening, and of gaps; null where there is nobody to ask.</summary>
    public IBarSource? BackFill { get; init; }

    /// <summary>How much market time may pass before bars that came are put into the store.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A hole in what a feed brought.</summary>
/// <param name="After">Open of the last bar before it, UTC ticks.</param>
/// <param name="Next">Open of the first bar behind it.</param>
/// <param name="Missing">Bars that the session calendar expects between them.</param>
/// <param name="Filled">Bars found elsewhere, before their time had passed or for the store only.</param>
public sealed record FeedGap(string Symbol, long After, long Next, long Missing, long Filled);

/// <summary>
/// A live feed with its past and its longer bars: first the store's bars up to the very one where live begins, what was missed meanwhile from the
/// back-fill, then live; longer bars appear at the instant at which they are complete, in one order with the short ones. What comes is saved, and gaps are found and filled.
/// </summary>
/// <remarks>Daily bars of the store serve where it has them, so that intraday factors can look back years without years of minutes.</remarks>
public sealed class WarmFeed : ILiveFeed
{
    private sealed class Symbol(int series, Instrument instrument, BarAggregator[] longer)
    {
        public readonly int Series = series;
        public readonly Instrument Instrument = instrument;
        public readonly BarAggregator[] Longer = longer;
        public readonly List<Bar> Unsaved = [];
        public IAsyncEnumerator<BarBlock>? History;
        public IBarSeries? Opened;
        public Bar? Last;
        public bool Live;
    }

    private readonly WarmFeedRequest _request;
    private readonly Timeframe _timeframe;
    private readonly FeedAssembler _assembler;
    private readonly Symbol[] _symbols;
    private readonly List<FeedGap> _gaps = [];
    private long _reached = long.MinValue, _saved = long.MinValue;
    private long _missed;

    /// <exception cref="BarDataException">The feed has several timeframes, or a longer one is no multiple of it.</exception>
    public WarmFeed(WarmFeedRequest request)
    {
        _request = request;
        _timeframe = request.Feed.Series[0].Timeframe;
        if (request.Feed.Series.Any(s => s.Timeframe != _timeframe)) throw new BarDataException("timeframe: the feed brings several; longer bars are built from one");
        foreach (var longer in request.Longer)
            if (longer.Ticks <= _timeframe.Ticks || longer.Ticks % _timeframe.Ticks != 0)
                throw new BarDataException($"timeframe: {longer} bars cannot be built from {_timeframe} bars; choose a multiple of {_timeframe}");
        var series = new List<MarketSeries>();
        _symbols = new Symbol[request.Feed.Series.Count];
        for (var s = 0; s < _symbols.Length; s++)
        {
            var instrument = request.Feed.Series[s].Instrument;
            _symbols[s] = new Symbol(series.Count, instrument, [.. request.Longer.Select(l => new BarAggregator(_timeframe, l, instrument.Calendar))]);
            series.Add(request.Feed.Series[s]);
            series.AddRange(request.Longer.Select(l => new MarketSeries(instrument, l)));
        }
        _assembler = new FeedAssembler(series, LateBarPolicy.LeaveOut);
    }

    /// <summary>For each symbol the feed's own bars, then the longer ones in the order in which they were asked for.</summary>
    public IReadOnlyList<MarketSeries> Series => _assembler.Series;

    /// <summary>The open of the first live bar, UTC ticks; null while the past is given.</summary>
    public long? LiveFrom { get; private set; }

    /// <summary>Holes in what came, since live began.</summary>
    public IReadOnlyList<FeedGap> Gaps => _gaps;

    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>([.. _request.Feed.Notes, .. _assembler.Late.Notes]);
            foreach (var gap in _gaps.Where(g => g.Filled < g.Missing))
                notes.Add($"{gap.Symbol}:{_timeframe}: {gap.Missing - gap.Filled} bars are missing between {Text(gap.After)} and {Text(gap.Next)}; import them, and they are there at the next start");
            if (_missed > 0) notes.Add($"{_missed} bars were found after their time had passed; they are in the store, and nothing was decided on them");
            return notes;
        }
    }

    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        while (_assembler.WaitsFor is { } waiting && _symbols[Owner(waiting)].History is not null)
        {
            await MoreHistoryAsync(_symbols[Owner(waiting)], cancellationToken).ConfigureAwait(false);
            while (_assembler.TryNext(out var past)) yield return past;
        }
        foreach (var symbol in _symbols)
            while (symbol.History is not null)
                await MoreHistoryAsync(symbol, cancellationToken).ConfigureAwait(false);

        await foreach (var item in _request.Feed.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (item.Kind)
            {
                case FeedItemKind.Bars:
                    await LiveAsync(item.Bars!.Time[0], cancellationToken).ConfigureAwait(false);
                    for (var i = 0; i < item.Bars.Count; i++) await TakeAsync(_symbols[item.Series], item.Bars[i], cancellationToken).ConfigureAwait(false);
                    break;
                case FeedItemKind.Heartbeat:
                    Reach(item.Time);
                    await SaveAsync(item.Time, false, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    await SaveAsync(item.Time, true, cancellationToken).ConfigureAwait(false);
                    _assembler.End();
                    break;
            }
            while (_assembler.TryNext(out var next)) yield return next;
        }
    }

    private int Owner(int series) => series / (1 + _request.Longer.Count);

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_request.Store is not { } store) return;
        var source = store.Source();
        var daily = IndexOf(Timeframe.D1);
        var days = daily < 0 ? [] : await KnownAsync(source, Timeframe.D1, cancellationToken).ConfigureAwait(false);
        var known = await KnownAsync(source, _timeframe, cancellationToken).ConfigureAwait(false);
        foreach (var symbol in _symbols)
        {
            var name = symbol.Instrument.Symbol;
            if (days.Contains(name)) await DaysAsync(source, symbol, daily, cancellationToken).ConfigureAwait(false);
            if (!known.Contains(name)) continue;
            try
            {
                symbol.Opened = await source.OpenAsync(new BarQuery(name, _timeframe, _request.WarmUpFrom), cancellationToken).ConfigureAwait(false);
            }
            catch (BarDataException) when (_request.WarmUpFrom is not null)
            {
                continue; // all that is stored is older
            }
            symbol.History = symbol.Opened.ReadAsync(cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        }
    }

    private int IndexOf(Timeframe timeframe)
    {
        for (var i = 0; i < _request.Longer.Count; i++)
            if (_request.Longer[i] == timeframe)
                return i;
        return -1;
    }

    // A store that is not there yet is an empty one: the first bars make it.
    private static async Task<HashSet<string>> KnownAsync(IBarSource source, Timeframe timeframe, CancellationToken cancellationToken)
    {
        try
        {
            return [.. await source.ListSymbolsAsync(timeframe, cancellationToken).ConfigureAwait(false)];
        }
        catch (BarDataException)
        {
            return [];
        }
    }

    private async Task DaysAsync(IBarSource source, Symbol symbol, int daily, CancellationToken cancellationToken)
    {
        await using var series = await source.OpenAsync(new BarQuery(symbol.Instrument.Symbol, Timeframe.D1), cancellationToken).ConfigureAwait(false);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var bars = new Bar[block.Count];
            for (var i = 0; i < bars.Length; i++) bars[i] = block[i];
            _assembler.Add(symbol.Series + 1 + daily, bars);
        }
    }

    private async Task MoreHistoryAsync(Symbol symbol, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await symbol.History!.MoveNextAsync().ConfigureAwait(false))
        {
            var block = symbol.History.Current;
            for (var i = 0; i < block.Count; i++) Put(symbol, block[i]);
            return;
        }
        await symbol.History.DisposeAsync().ConfigureAwait(false);
        symbol.History = null;
    }

    // The first live bar: what lies between the store's last and it is asked for elsewhere.
    private async Task LiveAsync(long first, CancellationToken cancellationToken)
    {
        if (LiveFrom is not null) return;
        LiveFrom = first;
        _saved = first;
        foreach (var symbol in _symbols)
            if (symbol.Last is { } last)
                await FillAsync(symbol, last.Time, first, cancellationToken).ConfigureAwait(false);
    }

    private async Task TakeAsync(Symbol symbol, Bar bar, CancellationToken cancellationToken)
    {
        if (symbol.Last is { } last && bar.Time > last.Time + _timeframe.Ticks) await FillAsync(symbol, last.Time, bar.Time, cancellationToken).ConfigureAwait(false);
        symbol.Live = true;
        if (bar.Time > (symbol.Last?.Time ?? long.MinValue) && _request.Store is not null) symbol.Unsaved.Add(bar);
        Put(symbol, bar);
    }

    private async Task FillAsync(Symbol symbol, long after, long next, CancellationToken cancellationToken)
    {
        var missing = Missing(symbol.Instrument.Calendar, after, next);
        if (missing == 0) return;
        var filled = 0L;
        if (_request.BackFill is { } source)
        {
            try
            {
                await using var series = await source.OpenAsync(new BarQuery(symbol.Instrument.Symbol, _timeframe, after + 1, next), cancellationToken).ConfigureAwait(false);
                await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
                {
                    for (var i = 0; i < block.Count; i++)
                    {
                        filled++;
                        symbol.Unsaved.Add(block[i]);
                        if (block[i].Time + _timeframe.Ticks > _reached) Put(symbol, block[i]);
                        else _missed++;
                    }
                }
            }
            catch (BarDataException)
            {
                // it has none of that time: the gap stays, and is told
            }
        }
        if (filled < missing || symbol.Live) _gaps.Add(new FeedGap(symbol.Instrument.Symbol, after, next, missing, filled));
    }

    /// <summary>Bars that the calendar expects between two.</summary>
    private long Missing(SessionCalendar calendar, long after, long next)
    {
        var step = _timeframe.Ticks;
        if (calendar.IsContinuous || !_timeframe.IsIntraday) return Math.Max(0, (next - after) / step - 1);
        var missing = 0L;
        for (var time = after + step; time < next;)
        {
            if (calendar.IsOpen(time))
            {
                missing++;
                time += step;
                continue;
            }
            // to the next session's open
            var date = DateOnly.FromDateTime(calendar.ToLocal(time));
            (long Open, long Close)? session = null;
            while ((session = calendar.Session(date)) is null || session.Value.Open < time) date = date.AddDays(1);
            time = session.Value.Open;
        }
        return missing;
    }

    // One bar in, whatever it completes out.
    private void Put(Symbol symbol, Bar bar)
    {
        if (symbol.Last is { } last && bar.Time <= last.Time)
        {
            _assembler.Add(symbol.Series, MemoryMarshal.CreateReadOnlySpan(ref bar, 1)); // counts it as repeated or late
            return;
        }
        symbol.Last = bar;
        for (var l = 0; l < symbol.Longer.Length; l++)
        {
            symbol.Longer[l].Add(bar, out var before, out var completed);
            if (before is { } b) Add(symbol, l, b);
            if (completed is { } c) Add(symbol, l, c);
        }
        _assembler.Add(symbol.Series, MemoryMarshal.CreateReadOnlySpan(ref bar, 1));
    }

    private void Add(Symbol symbol, int longer, Bar bar)
    {
        var place = symbol.Series + 1 + longer;
        // a day that the store has as a whole is not built a second time
        if (_assembler.Last(place) is { } last && bar.Time <= last.Time) return;
        _assembler.Add(place, MemoryMarshal.CreateReadOnlySpan(ref bar, 1));
    }

    private void Reach(long close)
    {
        foreach (var symbol in _symbols)
            for (var l = 0; l < symbol.Longer.Length; l++)
                if (symbol.Longer[l].Reach(close) is { } over)
                    Add(symbol, l, over);
        _reached = Math.Max(_reached, close);
        _assembler.Reach(close);
    }

    private async Task SaveAsync(long time, bool all, CancellationToken cancellationToken)
    {
        if (_request.Store is not { } store || !all && time - _saved < _request.SaveEvery.Ticks) return;
        _saved = time;
        foreach (var symbol in _symbols)
        {
            if (symbol.Unsaved.Count == 0) continue;
            var bars = symbol.Unsaved.DistinctBy(b => b.Time).OrderBy(b => b.Time).ToList();
            await store.MergeAsync(BarsToStore.Of(symbol.Instrument, _timeframe, bars, "the live feed"), cancellationToken).ConfigureAwait(false);
            symbol.Unsaved.Clear();
        }
    }

    private static string Text(long time) => new DateTime(time, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm");

    public async ValueTask DisposeAsync()
    {
        foreach (var symbol in _symbols)
        {
            if (symbol.History is not null) await symbol.History.DisposeAsync().ConfigureAwait(false);
            if (symbol.Opened is not null) await symbol.Opened.DisposeAsync().ConfigureAwait(false);
        }
        try
        {
            // what came before somebody stopped listening is kept too
            await SaveAsync(long.MaxValue / 2, true, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _request.Feed.DisposeAsync().ConfigureAwait(false);
        }
    }
}
