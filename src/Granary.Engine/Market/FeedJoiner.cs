namespace Granary.Engine.Market;

/// <summary>
/// Joins the feeds of several symbols, of one timeframe, on one timeline: the union of their bars' open times. Takes blocks of any size
/// from each feed, and returns a time slice as soon as no feed can bring an earlier bar any more. However the feeds are cut, the rows are
/// the same.
/// </summary>
/// <example><code>
/// while (true)
/// {
///     while (joiner.TryNext(out var block)) Process(block);
///     if (joiner.WaitsFor is not { } symbol) break;
///     if (await NextBlockOf(symbol) is { } bars) joiner.Add(symbol, bars); else joiner.End(symbol);
/// }
/// </code></example>
internal sealed class FeedJoiner
{
    private sealed class Feed
    {
        public readonly Queue<BarBlock> Waiting = new();
        public int At;
        public long Taken, Given;
        // No bar at or before this time is still to come.
        public long KnownTo = long.MinValue;
        public bool Ended;
        public double LastClose = double.NaN;

        public long NextTime => Waiting.TryPeek(out var block) ? block.TimeColumn[At] : long.MaxValue;
    }

    private readonly MarketSeries[] _series;
    private readonly Feed[] _feeds;
    private readonly long[] _time;
    private readonly int[][] _index;
    private readonly Bar[][] _bars;
    private readonly int[] _counts;
    private long _rows;

    /// <param name="series">All of one timeframe.</param>
    /// <param name="maxRows">The most time slices of a block: 1 to <see cref="BarBlock.MaxCount"/>.</param>
    /// <exception cref="ArgumentException">No series, or of several timeframes.</exception>
    public FeedJoiner(IReadOnlyList<MarketSeries> series, int maxRows = IBarSeries.DefaultBlockSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRows, BarBlock.MaxCount);
        if (series.Count == 0) throw new ArgumentException("there is nothing to join", nameof(series));
        if (series.Any(s => s.Timeframe != series[0].Timeframe))
            throw new ArgumentException($"{string.Join(", ", series)} differ in their timeframe and cannot be joined", nameof(series));
        _series = [.. series];
        _feeds = [.. series.Select(_ => new Feed())];
        _time = new long[maxRows];
        _index = [.. series.Select(_ => new int[maxRows])];
        _bars = [.. series.Select(_ => new Bar[maxRows])];
        _counts = new int[series.Count];
    }

    public IReadOnlyList<MarketSeries> Series => _series;

    /// <summary>
    /// The symbol whose next block (or end) is needed to go on; null when all feeds have ended and everything is given out.
    /// </summary>
    public int? WaitsFor
    {
        get
        {
            int? waits = null;
            for (var s = 0; s < _feeds.Length; s++)
                if (!_feeds[s].Ended && (waits is null || _feeds[s].KnownTo < _feeds[waits.Value].KnownTo))
                    waits = s;
            return waits;
        }
    }

    /// <summary>The next block of a symbol's feed.</summary>
    /// <exception cref="InvalidOperationException">It does not follow the one before, or the feed has ended.</exception>
    public void Add(int symbol, BarBlock block)
    {
        var feed = _feeds[symbol];
        if (feed.Ended) throw new InvalidOperationException($"the feed of {_series[symbol]} has ended already");
        if (block.FirstIndex != feed.Taken)
            throw new InvalidOperationException($"{_series[symbol]} has had {feed.Taken} bars and cannot go on with "
                + $"bar {block.FirstIndex}");
        if (block.TimeColumn[0] <= feed.KnownTo)
            throw new InvalidOperationException($"{_series[symbol]} goes on "
                + $"at {new DateTime(block.TimeColumn[0], DateTimeKind.Utc):yyyy-MM-dd HH:mm}, which is not after what it has said to be "
                + $"complete");
        feed.Waiting.Enqueue(block);
        feed.Taken += block.Count;
        feed.KnownTo = block.TimeColumn[block.Count - 1];
    }

    /// <summary>
    /// No bar of this symbol opens at or before <paramref name="time"/> that has not come yet: a heartbeat, so a silent market does
    /// not hold up the others.
    /// </summary>
    public void Reach(int symbol, long time)
    {
        if (time > _feeds[symbol].KnownTo) _feeds[symbol].KnownTo = time;
    }

    /// <summary>The symbol's feed has no more bars.</summary>
    public void End(int symbol)
    {
        _feeds[symbol].Ended = true;
        _feeds[symbol].KnownTo = long.MaxValue;
    }

    /// <summary>The next time slices, as many as are complete.</summary>
    public bool TryNext(out JoinedBlock block)
    {
        block = null!;
        var known = long.MaxValue;
        foreach (var feed in _feeds) known = Math.Min(known, feed.KnownTo);
        Array.Clear(_counts);
        var closeBefore = Array.ConvertAll(_feeds, f => f.LastClose);
        var rows = 0;
        while (rows < _time.Length)
        {
            var time = long.MaxValue;
            foreach (var feed in _feeds) time = Math.Min(time, feed.NextTime);
            if (time == long.MaxValue || time > known) break;
            for (var s = 0; s < _feeds.Length; s++)
                _index[s][rows] = _feeds[s].NextTime == time ? Take(s) : -1;
            _time[rows++] = time;
        }
        if (rows == 0) return false;

        var bars = new BarBlock?[_feeds.Length];
        for (var s = 0; s < bars.Length; s++)
        {
            if (_counts[s] == 0) continue;
            bars[s] = BarBlock.FromBars(_feeds[s].Given, _bars[s].AsSpan(0, _counts[s]));
            _feeds[s].Given += _counts[s];
        }
        block = new JoinedBlock(_rows, _time[..rows], bars, Array.ConvertAll(_index, i => i[..rows]), closeBefore);
        _rows += rows;
        return true;
    }

    private int Take(int symbol)
    {
        var feed = _feeds[symbol];
        var block = feed.Waiting.Peek();
        var bar = block[feed.At];
        if (++feed.At == block.Count)
        {
            feed.Waiting.Dequeue();
            feed.At = 0;
        }
        feed.LastClose = bar.Close;
        _bars[symbol][_counts[symbol]] = bar;
        return _counts[symbol]++;
    }
}
