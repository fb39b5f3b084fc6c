using System.Runtime.CompilerServices;
using Granary.Data.Quality;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Storage.Retries;

namespace Granary.Data.Replay;

/// <summary>
/// Replays the markets of a source as a live feed at a replay speed. Bars are in one order of time: each time slice is complete and
/// followed by a heartbeat. Each stored bar comes once and in order, so none is late; <see cref="Seek"/> continues at a different time.
/// </summary>
internal sealed class BarReplay : ILiveFeed
{
    private const int MergeBuffer = 4096;

    private readonly IBarSource _source;
    private readonly IReadOnlyList<BarQuery> _queries;
    private readonly IReadOnlyList<IBarSeries> _opened;
    private readonly int _blockSize;
    private readonly ReplayClock _clock;
    private readonly Lock _gate = new();
    private readonly CallWatch _reads;
    private readonly UnclosedBars[]? _unclosed;
    private readonly IReadOnlyList<string> _notes;
    private long? _seek;
    private bool _reading;

    private BarReplay(IBarSource source, IReadOnlyList<BarQuery> queries, IReadOnlyList<IBarSeries> opened, ReplaySpeed speed,
        TimeProvider clock, int blockSize, bool closedOnly)
    {
        _source = source;
        _queries = queries;
        _opened = opened;
        _blockSize = blockSize;
        _clock = new ReplayClock(speed, clock);
        _reads = new CallWatch(clock);
        Series = [.. opened.Select(s => new MarketSeries(s.Instrument, s.Timeframe) { Columns = s.Columns })];
        _notes = [.. opened.SelectMany(s => s.Notes.Select(n => $"{s.Instrument.Symbol}: {n}"))];
        // A file holds of an open bar only its start.
        var now = clock.GetUtcNow().UtcTicks;
        if (closedOnly) _unclosed = [.. opened.Select(s => new UnclosedBars(s.Instrument.Calendar, s.Timeframe, now))];
    }

    /// <summary>Opens the markets and reports all of their faults.</summary>
    /// <param name="queries">The markets, each once; of one timeframe or several.</param>
    /// <param name="blockSize">
    /// The maximum number of bars of one market in an item, if the replay does not wait (<see cref="ReplaySpeed.AsFastAsPossible"/>). A
    /// paced replay emits one bar at a time. Above 1, bars of several markets are in order only between heartbeats.
    /// </param>
    /// <param name="closedOnly">Whether bars that end after the opening are left out.</param>
    /// <exception cref="BarDataException">A market does not exist, or its bars are invalid.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    public static async Task<BarReplay> OpenAsync(IBarSource source, IReadOnlyList<BarQuery> queries, ReplaySpeed speed, TimeProvider clock,
        int blockSize = 1, CancellationToken cancellationToken = default, bool closedOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
        if (queries.Count == 0) throw new BarDataException("symbols: there is nothing to replay; name at least one symbol");
        if (queries.DistinctBy(q => (q.Symbol, q.Timeframe)).Count() < queries.Count)
            throw new BarDataException("symbols: a market is named twice; name it once");
        return new BarReplay(source, queries, await OpenAllAsync(source, queries, cancellationToken).ConfigureAwait(false), speed, clock,
            blockSize, closedOnly);
    }

    public IReadOnlyList<MarketSeries> Series { get; }

    public IReadOnlyList<string> Notes => _unclosed is null ? _notes
        : [.. _notes, .. _unclosed.Select((u, i) => u.Sentence is { } sentence
            ? $"{Series[i].Instrument.Symbol}: {sentence}; nothing was decided on it" : null).OfType<string>()];

    /// <inheritdoc/>
    public string? Fault => _reads.Silence("the source of the bars");

    /// <summary>The close time of the last time slice, UTC ticks; null before the first.</summary>
    public long? Reached { get; private set; }

    public ReplaySpeed Speed
    {
        get => _clock.Speed;
        set => _clock.Speed = value;
    }

    public bool IsPaused => _clock.IsPaused;

    /// <summary>Pauses before the next time slice.</summary>
    public void Pause() => _clock.Pause();

    /// <summary>Resumes the replay; the duration of the pause does not count as market time.</summary>
    public void Resume() => _clock.Resume();

    /// <summary>
    /// Continues with the first bar that opens at or after <paramref name="openTime"/>, forwards or backwards. Call it before or while the
    /// feed is read.
    /// </summary>
    /// <remarks>
    /// Do not seek backwards under a strategy that trades: it would receive bars a second time. Seeking is for charts and publishing.
    /// </remarks>
    public void Seek(long openTime)
    {
        lock (_gate) _seek = openTime;
        _clock.Restart();
    }

    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_reading) throw new InvalidOperationException("a feed is read once");
            _reading = true;
        }
        long? from = TakeSeek();
        while (true)
        {
            long? sought = null;
            await foreach (var item in PassAsync(from, cancellationToken).ConfigureAwait(false))
            {
                yield return item;
                Reached = item.Time;
                // Only between two time slices: a started time slice is completed.
                if (item.Kind == FeedItemKind.Heartbeat && (sought = TakeSeek()) is not null) break;
            }
            if (sought is null) break;
            from = sought;
            // The seek may have come just before a wait, which began with the time slice that is left out.
            _clock.Restart();
        }
        yield return FeedItem.End(Reached ?? 0);
    }

    private long? TakeSeek()
    {
        lock (_gate)
        {
            var seek = _seek;
            _seek = null;
            return seek;
        }
    }

    private async IAsyncEnumerable<FeedItem> PassAsync(long? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var merge = new BarMerge(Series);
        var readers = new IAsyncEnumerator<BarBlock>[Series.Count];
        var kept = new IBarSeries?[Series.Count];
        BlockBuilder[] builders = [.. Series.Select(_ => new BlockBuilder())];
        var buffer = new MergedBar[MergeBuffer];
        var touched = new List<int>();
        try
        {
            for (var s = 0; s < readers.Length; s++)
                readers[s] = (from is { } start ? Later(s, start, kept, cancellationToken)
                    : _opened[s].ReadAsync(cancellationToken: cancellationToken)).GetAsyncEnumerator(cancellationToken);
            var timestamp = 0L;
            var timestamps = 0;
            while (true)
            {
                for (int n; (n = merge.Take(buffer)) > 0;)
                {
                    for (var i = 0; i < n; i++)
                    {
                        var (s, close, bar) = buffer[i];
                        if (IsUnclosed(s, bar.Time)) continue;
                        if (touched.Count > 0 && close != timestamp
                            && (++timestamps >= BlockSize || Speed.Kind != ReplaySpeedKind.AsFastAsPossible || SeekWaits))
                        {
                            foreach (var item in Close(touched, builders, timestamp)) yield return item;
                            timestamps = 0;
                        }
                        if (close != timestamp || touched.Count == 0)
                        {
                            if (touched.Count == 0 && (Speed.Kind != ReplaySpeedKind.AsFastAsPossible || _clock.IsPaused))
                            {
                                await _clock.WaitAsync(close, cancellationToken).ConfigureAwait(false);
                                if (SeekWaits)
                                {
                                    // a seek during the wait: this time slice is not published
                                    yield return FeedItem.Heartbeat(Reached ?? 0);
                                    yield break;
                                }
                            }
                            timestamp = close;
                        }
                        if (builders[s].Count == 0) touched.Add(s);
                        builders[s].Add(bar);
                    }
                }
                if (merge.WaitsFor is not { } market) break;
                bool more;
                using (_reads.Begin()) more = await readers[market].MoveNextAsync().ConfigureAwait(false);
                if (more) merge.Add(market, readers[market].Current);
                else merge.End(market);
            }
            foreach (var item in Close(touched, builders, timestamp)) yield return item;
        }
        finally
        {
            await EndAsync(readers, kept).ConfigureAwait(false);
        }
    }

    // Whether a bar is left out since it had not closed, and is counted.
    private bool IsUnclosed(int s, long open)
    {
        if (_unclosed is not { } unclosed || unclosed[s].IsClosed(open)) return false;
        unclosed[s].Add([open]);
        return true;
    }

    // Dispose the readers before the series that they read.
    private static async Task EndAsync(IAsyncEnumerator<BarBlock>?[] readers, IBarSeries?[] kept)
    {
        foreach (var reader in readers)
            if (reader is not null)
                await reader.DisposeAsync().ConfigureAwait(false);
        foreach (var series in kept)
            if (series is not null)
                await series.DisposeAsync().ConfigureAwait(false);
    }

    private int BlockSize => Speed.Kind == ReplaySpeedKind.AsFastAsPossible ? _blockSize : 1;

    private bool SeekWaits
    {
        get
        {
            lock (_gate) return _seek is not null;
        }
    }

    // The collected time slices, market by market, and whether they are complete.
    private IEnumerable<FeedItem> Close(List<int> touched, BlockBuilder[] builders, long timestamp)
    {
        if (touched.Count == 0) yield break;
        touched.Sort();
        foreach (var s in touched)
        {
            var block = builders[s].Take();
            yield return FeedItem.Of(s, block, Series[s].Timeframe.CloseOf(block.Time[^1]));
        }
        touched.Clear();
        yield return FeedItem.Heartbeat(timestamp);
    }

    // The market from a time on. Bars are counted from there; a market that ended before has none.
    private async IAsyncEnumerable<BarBlock> Later(int s, long from, IBarSeries?[] kept, [EnumeratorCancellation]
        CancellationToken cancellationToken)
    {
        var query = _queries[s];
        if (query.From is { } earliest && earliest > from) from = earliest;
        IBarSeries series;
        try
        {
            series = await _source.OpenAsync(query with { From = from }, cancellationToken).ConfigureAwait(false);
        }
        catch (BarDataException)
        {
            // The market was opened before, so the exception only means that it has no later bars.
            yield break;
        }
        kept[s] = series;
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) yield return block;
    }

    private static async Task<IReadOnlyList<IBarSeries>> OpenAllAsync(IBarSource source, IReadOnlyList<BarQuery> queries,
        CancellationToken cancellationToken)
    {
        var opened = new List<IBarSeries>();
        try
        {
            foreach (var query in queries) opened.Add(await source.OpenAsync(query, cancellationToken).ConfigureAwait(false));
            return opened;
        }
        catch
        {
            foreach (var series in opened) await series.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var series in _opened) await series.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class BlockBuilder
    {
        private readonly List<Bar> _bars = [];
        private long _given;

        public int Count => _bars.Count;

        public void Add(in Bar bar) => _bars.Add(bar);

        public BarBlock Take()
        {
            var block = BarBlock.FromBars(_given, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bars));
            _given += block.Count;
            _bars.Clear();
            return block;
        }
    }
}
