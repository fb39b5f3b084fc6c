using System.Runtime.CompilerServices;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Storage.Retries;

namespace Granary.Data.Feeds;

/// <summary>
/// The time slices of a live feed with its history and longer timeframes: the bars that an earlier session received, then the history up
/// to the first live bar, then live bars. A longer bar appears when it is complete, in one order with the short ones. The feed saves the
/// bars that it receives, and detects and fills gaps.
/// </summary>
/// <remarks>
/// The history is read after the first live bar has arrived, because only then its end is known. The feed loses no bar meanwhile. A gap is
/// filled in its place until the feed has passed its time. Bars that are found later only go into the store; no decision uses them.
/// </remarks>
internal sealed class WarmFeed : IAsyncDisposable
{
    private sealed class Symbol(int series, Instrument instrument, Timeframe timeframe, BarAggregator[] longer)
    {
        // The times of its bars, which show whether its last long bars are finished.
        public readonly SessionInference Seen = new(timeframe);
        public readonly int Series = series;
        public readonly Instrument Instrument = instrument;
        public readonly BarAggregator[] Longer = longer;
        public readonly List<Bar> Unsaved = [];
        public IAsyncEnumerator<Bar>? Past;
        public Bar? Last;
        // The last bar that an earlier session received.
        public long Resumed = long.MinValue;
        // The last bar in the store.
        public long Stored = long.MinValue;
        // The last bar before a gap, if there is one: from the history or from the feed.
        public long? Brought;
        // The number of bars of the gap that were found.
        public long Filled;
        // Why the last source had no bars.
        public string? Refusal;
        // No source had the bars of the last gap, so no source is queried again before this market time.
        public long AskFrom = long.MinValue;
    }

    private readonly WarmFeedRequest _request;
    private readonly Timeframe _timeframe;
    private readonly Symbol[] _symbols;
    private readonly Dictionary<string, Symbol> _bySymbol;
    private readonly LateBars _late;
    // Bars whose time slices are not complete, by their close and then by their series.
    private readonly PriorityQueue<ClosedBar, (long Close, int Series)> _waiting = new();
    private readonly List<MissingBars> _gaps = [];
    private readonly List<string> _notes = [];
    private long _reached = long.MinValue, _saved = long.MinValue;
    private long _missed;
    // Whether the bars that the store already has are known.
    private bool _isSettled;
    private readonly CallWatch _past, _saves;

    /// <exception cref="BarDataException">The feed has several timeframes, or a longer timeframe is not a multiple of the
    /// feed's.</exception>
    public WarmFeed(WarmFeedRequest request)
    {
        _request = request;
        (_past, _saves) = (new CallWatch(request.Clock), new CallWatch(request.Clock));
        _timeframe = request.Feed.Series[0].Timeframe;
        if (request.Feed.Series.Any(s => s.Timeframe != _timeframe))
            throw new BarDataException("timeframe: the feed brings several; longer bars are built from one");
        foreach (var longer in request.Longer)
            if (longer == _timeframe || !longer.IsMultipleOf(_timeframe))
                throw new BarDataException($"timeframe: {longer} bars cannot be built "
                    + $"from {_timeframe} bars; choose a multiple of {_timeframe}");
        var series = new List<MarketSeries>();
        _symbols = new Symbol[request.Feed.Series.Count];
        for (var s = 0; s < _symbols.Length; s++)
        {
            var instrument = request.Feed.Series[s].Instrument;
            _symbols[s] = new Symbol(series.Count, instrument, _timeframe,
                [.. request.Longer.Select(l => new BarAggregator(_timeframe, l, instrument.Calendar))]);
            series.Add(request.Feed.Series[s]);
            series.AddRange(request.Longer.Select(l => new MarketSeries(instrument, l)));
        }
        Series = series;
        _bySymbol = _symbols.ToDictionary(s => s.Instrument.Symbol, StringComparer.Ordinal);
        _late = new LateBars(series, LateBarPolicy.LeaveOut);
    }

    /// <summary>For each symbol the feed's own bars, then the longer ones in the requested order.</summary>
    public IReadOnlyList<MarketSeries> Series { get; }

    /// <summary>The open of the first live bar, UTC ticks; null until it has arrived.</summary>
    public long? LiveFrom { get; private set; }

    /// <summary>Gaps in the live bars.</summary>
    public IReadOnlyList<MissingBars> Gaps => _gaps;

    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>([.. _request.Feed.Notes, .. _notes, .. _late.Notes]);
            foreach (var gaps in _gaps.Where(g => g.Filled < g.Missing).GroupBy(g => g.Symbol))
            {
                var (first, last) = (gaps.First(), gaps.Last());
                notes.Add($"{gaps.Key}:{_timeframe}: {gaps.Sum(g => g.Missing - g.Filled)} bars are "
                    + $"missing {(gaps.Count() > 1 ? $"in {gaps.Count()} places " : "")}between {Text(first.After)} and "
                    + $"{Text(last.Next)}; import them, and they are there at the next start");
            }
            if (_missed > 0) notes.Add($"{_missed} bars were found after their time had passed; nothing was decided on "
                + $"them{(_request.Store is null ? "" : ", and they are in the store")}");
            return notes;
        }
    }

    /// <summary>Why no bars come although there may be some; null if there is no fault. Any thread may read it.</summary>
    public string? Fault => _request.Feed.Fault ?? _past.Silence("the source of earlier bars")
        ?? _saves.Silence("the store that keeps the bars");

    /// <summary>Whether the end of the feed now would complete bars or time slices: longer bars whose market has closed.</summary>
    public bool HasUnended => _waiting.Count > 0 || Array.Exists(_symbols, s => Array.Exists(s.Longer, l => l.IsOver(s.Seen)));

    /// <summary>
    /// Takes bars that an earlier session received; call it before <see cref="ReadAsync"/>. The feed continues after them.
    /// </summary>
    /// <param name="timestamp">The time of their slice, UTC ticks.</param>
    /// <returns>The time slices that they complete, with their longer bars.</returns>
    public IReadOnlyList<TimeSlice> Resume(long timestamp, IReadOnlyList<ClosedBar> bars)
    {
        foreach (var (name, bar, _) in bars)
        {
            var symbol = _bySymbol[name];
            if (bar.Time <= symbol.Resumed) continue;
            symbol.Resumed = bar.Time;
            if (_request.Store is not null) symbol.Unsaved.Add(bar);
            Put(symbol, bar);
        }
        Reach(timestamp);
        return [.. Complete()];
    }

    /// <summary>Returns all time slices; the feed of a venue has no end. Call it once.</summary>
    /// <exception cref="BarDataException">The received data are not valid bars, and the feed's policy is to stop.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed, also after retries.</exception>
    public async IAsyncEnumerable<TimeSlice> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var item in _request.Feed.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (item.Kind)
            {
                case FeedItemKind.Bars:
                    var symbol = _symbols[item.Series];
                    for (var i = 0; i < item.Bars!.Count; i++)
                    {
                        if (item.Bars.Time[i] <= symbol.Resumed) continue;
                        if (LiveFrom is null)
                        {
                            LiveFrom = _saved = item.Bars.Time[i];
                            await foreach (var past in PastAsync(LiveFrom.Value, cancellationToken).ConfigureAwait(false))
                                yield return past;
                        }
                        await TakeAsync(symbol, item.Bars[i], cancellationToken).ConfigureAwait(false);
                    }
                    break;
                case FeedItemKind.Heartbeat:
                    // Before the first live bar a heartbeat has no effect.
                    if (LiveFrom is null) continue;
                    await FillAsync(item.Time, cancellationToken).ConfigureAwait(false);
                    Reach(item.Time);
                    await SaveAsync(item.Time, false, cancellationToken).ConfigureAwait(false);
                    break;
                case FeedItemKind.End:
                    await SaveAsync(item.Time, true, cancellationToken).ConfigureAwait(false);
                    Finish();
                    break;
            }
            foreach (var slice in Complete()) yield return slice;
        }
    }

    // Saves bars that an earlier session received but could not save before its process ended.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        _isSettled = true;
        if (_request.Store is not { } store) return;
        try
        {
            foreach (var market in await store.ListAsync(cancellationToken).ConfigureAwait(false))
                if (market.Timeframe == _timeframe && Array.Find(_symbols, s => s.Instrument.Symbol == market.Symbol) is { } symbol)
                    symbol.Stored = market.Last;
        }
        catch (BarDataException)
        {
            // The store does not exist yet; the first save creates it.
        }
        foreach (var symbol in _symbols) symbol.Unsaved.RemoveAll(b => b.Time <= symbol.Stored);
        await SaveAsync(0, true, cancellationToken).ConfigureAwait(false);
    }

    // All bars before the first live bar, in one order over the markets.
    private async IAsyncEnumerable<TimeSlice> PastAsync(long first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_request.Past.Count > 0)
        {
            foreach (var symbol in _symbols)
                symbol.Past = BarsAsync(symbol, first, cancellationToken).GetAsyncEnumerator(cancellationToken);
            // The symbol that is behind the others is read next, so that none has to be held in memory completely.
            while (_symbols.Where(s => s.Past is not null).MinBy(LastOf) is { } behind)
            {
                await MoreAsync(behind).ConfigureAwait(false);
                ReachPast();
                foreach (var past in Complete()) yield return past;
            }
        }
        foreach (var symbol in _symbols) symbol.Brought = symbol.Last?.Time;
        Reach(first);
        foreach (var rest in Complete()) yield return rest;
    }

    private static long LastOf(Symbol symbol) => symbol.Last?.Time ?? long.MinValue;

    // Each symbol with more past has all bars up to its last one.
    private void ReachPast()
    {
        var last = _symbols.Where(s => s.Past is not null).Select(LastOf).DefaultIfEmpty(long.MinValue).Min();
        if (last == long.MinValue) return;
        var reached = _timeframe.CloseOf(last);
        FinishLonger(reached);
        // A session may end after the UTC day of its long bar, whose time slice then waits for it.
        foreach (var symbol in _symbols)
            for (var l = 0; l < symbol.Longer.Length; l++)
                if (symbol.Longer[l].Unfinished is { } unfinished)
                    reached = Math.Min(reached, _request.Longer[l].CloseOf(unfinished.Time) - 1);
        Reach(reached);
    }

    private async Task MoreAsync(Symbol symbol)
    {
        for (var i = 0; i < IBarSeries.DefaultBlockSize; i++)
        {
            bool more;
            using (_past.Begin()) more = await symbol.Past!.MoveNextAsync().ConfigureAwait(false);
            if (more)
            {
                var bar = symbol.Past!.Current;
                // Bars that were missed between sessions are saved. A past that the store never had stays in its own source.
                if (_request.Store is not null && bar.Time > symbol.Stored && Math.Max(symbol.Stored, symbol.Resumed) > long.MinValue)
                    symbol.Unsaved.Add(bar);
                Put(symbol, bar);
                continue;
            }
            await symbol.Past.DisposeAsync().ConfigureAwait(false);
            symbol.Past = null;
            return;
        }
    }

    // Each source supplies the bars that the sources before it do not have.
    private async IAsyncEnumerable<Bar> BarsAsync(Symbol symbol, long to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var source in _request.Past)
        {
            if (symbol.Last is { } last && ExpectedBars.Between(symbol.Instrument, _timeframe, last.Time, to) == 0) yield break;
            await foreach (var bar in OfAsync(source, symbol, symbol.Last is { } l ? l.Time + 1 : _request.WarmUpFrom, to,
                cancellationToken).ConfigureAwait(false)) yield return bar;
        }
        if (symbol.Last is null)
            _notes.Add($"{symbol.Instrument.Symbol}:{_timeframe}: no source has bars before {Text(to)}, so it does not warm up"
                + (symbol.Refusal is { } why ? $" ({why})" : ""));
    }

    // Empty if the source has no bars of that range.
    private async IAsyncEnumerable<Bar> OfAsync(IBarSource source, Symbol symbol, long? from, long to, [EnumeratorCancellation]
        CancellationToken cancellationToken)
    {
        IBarSeries? series = null;
        try
        {
            series = await source.OpenAsync(new BarQuery(symbol.Instrument.Symbol, _timeframe, from, to), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BarDataException e)
        {
            // The gap stays, and a note reports it.
            symbol.Refusal = e.Message.TrimEnd('.');
        }
        if (series is null) yield break;
        await using (series.ConfigureAwait(false))
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
                for (var i = 0; i < block.Count; i++)
                    yield return block[i];
    }

    private async Task TakeAsync(Symbol symbol, Bar bar, CancellationToken cancellationToken)
    {
        await FillAsync(symbol, bar.Time, cancellationToken).ConfigureAwait(false);
        if (symbol.Brought is { } brought && _request.FillGaps
            && ExpectedBars.Between(symbol.Instrument, _timeframe, brought, bar.Time) is > 0 and var missing)
            _gaps.Add(new MissingBars(symbol.Instrument.Symbol, brought, bar.Time, missing, symbol.Filled));
        if (bar.Time > (symbol.Last?.Time ?? long.MinValue))
        {
            (symbol.Brought, symbol.Filled) = (bar.Time, 0);
            if (_request.Store is not null) symbol.Unsaved.Add(bar);
        }
        Put(symbol, bar);
    }

    // Requests overdue bars from the other sources before the feed passes their time.
    private async Task FillAsync(long reached, CancellationToken cancellationToken)
    {
        foreach (var symbol in _symbols) await FillAsync(symbol, _timeframe.Floor(reached), cancellationToken).ConfigureAwait(false);
    }

    // Fills the bars between the last bar and a time: in their place if that time is not passed, otherwise only in the store.
    private async Task FillAsync(Symbol symbol, long next, CancellationToken cancellationToken)
    {
        if (!_request.FillGaps || symbol.Brought is null || symbol.Last is not { } last || next <= _timeframe.CloseOf(last.Time)
            || next < symbol.AskFrom) return;
        var missing = ExpectedBars.Between(symbol.Instrument, _timeframe, last.Time, next);
        if (missing == 0) return;
        var (filled, from) = (0L, last.Time + 1);
        foreach (var source in _request.Past)
        {
            if (filled >= missing) break;
            await foreach (var bar in OfAsync(source, symbol, from, next, cancellationToken).ConfigureAwait(false))
            {
                filled++;
                from = bar.Time + 1;
                if (_request.Store is not null) symbol.Unsaved.Add(bar);
                if (_timeframe.CloseOf(bar.Time) > _reached) Put(symbol, bar);
                else _missed++;
            }
        }
        symbol.Filled += filled;
        // Markets without trades, and sources without bars, stay so for longer than a bar.
        if (filled == 0) symbol.AskFrom = next + Math.Max(_request.SaveEvery.Ticks, 20 * _timeframe.Ticks);
    }

    // Adds one bar, and emits the longer bars that it completes.
    private void Put(Symbol symbol, Bar bar)
    {
        if (symbol.Last is { } last && bar.Time <= last.Time)
        {
            // Counts it as repeated or late.
            _late.Classify(symbol.Series, bar);
            return;
        }
        symbol.Last = bar;
        if (symbol.Longer.Length > 0) symbol.Seen.Add([bar.Time]);
        for (var l = 0; l < symbol.Longer.Length; l++)
        {
            symbol.Longer[l].Add(bar, out var before, out var completed);
            if (before is { } b) Add(symbol.Series + 1 + l, b);
            if (completed is { } c) Add(symbol.Series + 1 + l, c);
        }
        Add(symbol.Series, bar);
    }

    private void Add(int series, in Bar bar)
    {
        if (_late.Classify(series, bar) != Arrival.Next) return;
        var closed = new ClosedBar(Series[series].Instrument.Symbol, bar, Series[series].Timeframe);
        _waiting.Enqueue(closed, (closed.CloseTime, series));
    }

    // The time slices up to the time that is reached.
    private IEnumerable<TimeSlice> Complete()
    {
        while (_waiting.TryPeek(out _, out var first) && first.Close <= _reached)
        {
            List<ClosedBar> bars = [];
            while (_waiting.TryPeek(out _, out var next) && next.Close == first.Close) bars.Add(_waiting.Dequeue());
            yield return new TimeSlice(first.Close, bars);
        }
    }

    // Adds the long bars that are over at a time, though their last short bars never came.
    private void FinishLonger(long close)
    {
        foreach (var symbol in _symbols)
            for (var l = 0; l < symbol.Longer.Length; l++)
                if (symbol.Longer[l].Reach(close) is { } over)
                    Add(symbol.Series + 1 + l, over);
    }

    private void Reach(long close)
    {
        FinishLonger(close);
        if (close <= _reached) return;
        _reached = close;
        for (var s = 0; s < Series.Count; s++) _late.Reach(s, Series[s].Timeframe.OpenOf(close));
    }

    // The feed has ended: long bars whose sessions are over are complete, and so is every time slice.
    private void Finish()
    {
        foreach (var symbol in _symbols)
            for (var l = 0; l < symbol.Longer.Length; l++)
                if (symbol.Longer[l].Finish(symbol.Seen) is { } over)
                    Add(symbol.Series + 1 + l, over);
        _reached = long.MaxValue;
    }

    private async Task SaveAsync(long time, bool all, CancellationToken cancellationToken)
    {
        if (_request.Store is not { } store || !all && time - _saved < _request.SaveEvery.Ticks) return;
        _saved = time;
        foreach (var symbol in _symbols)
        {
            if (symbol.Unsaved.Count == 0) continue;
            var bars = symbol.Unsaved.DistinctBy(b => b.Time).OrderBy(b => b.Time).ToList();
            using (_saves.Begin())
                await store.MergeAsync(BarsToStore.Of(symbol.Instrument, _timeframe, bars, "the live feed"), cancellationToken)
                    .ConfigureAwait(false);
            symbol.Unsaved.Clear();
        }
    }

    private static string Text(long time) => new DateTime(time, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm");

    public async ValueTask DisposeAsync()
    {
        foreach (var symbol in _symbols)
            if (symbol.Past is not null)
                await symbol.Past.DisposeAsync().ConfigureAwait(false);
        try
        {
            // bars that came before the caller stopped reading are saved too
            if (_isSettled) await SaveAsync(long.MaxValue / 2, true, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _request.Feed.DisposeAsync().ConfigureAwait(false);
        }
    }
}
