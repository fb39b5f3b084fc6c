namespace Granary.Engine.Market.Feeds;

/// <summary>One bar out of a merge.</summary>
/// <param name="Series">The market's place in <see cref="BarMerge.Series"/>.</param>
/// <param name="Close">The instant at which it is known: its open plus its timeframe, UTC ticks.</param>
public readonly record struct MergedBar(int Series, long Close, Bar Bar);

/// <summary>
/// Merges the feeds of any number of markets, of one timeframe or several, into one order: by close, then by the market's place. Takes blocks of
/// any size from each feed, and gives a bar as soon as no feed can bring an earlier one. However the feeds are cut, the order is the same.
/// </summary>
/// <remarks>
/// A tournament of losers: each inner node keeps the feed that lost there, so that the next bar costs one comparison a level, on the way from
/// the winner's leaf to the root. A feed that has nothing waiting takes part with the earliest close that it could still bring; if it wins, its
/// next block is needed.
/// </remarks>
/// <example><code>
/// while (true)
/// {
///     for (int n; (n = merge.Take(buffer)) > 0;) Process(buffer[..n]);
///     if (merge.WaitsFor is not { } market) break;
///     if (await NextBlockOf(market) is { } bars) merge.Add(market, bars); else merge.End(market);
/// }
/// </code></example>
public sealed class BarMerge
{
    private sealed class Feed
    {
        public readonly Queue<BarBlock> Waiting = new();
        public BarBlock? Current;
        public int At;
        public long Taken;
        // No bar at or before this open time is still to come.
        public long KnownTo = -1;
        public bool Ended;
    }

    private readonly MarketSeries[] _series;
    private readonly Feed[] _feeds;
    private readonly long[] _length;
    // For each feed the close of its next bar, or the earliest that could still come; the greatest number once it has ended.
    private readonly long[] _key;
    private readonly int[] _losers;
    private readonly int _leaves;
    private readonly int[] _winners;
    private int _winner;
    private bool _changed;

    /// <exception cref="ArgumentException">No series.</exception>
    public BarMerge(IReadOnlyList<MarketSeries> series)
    {
        if (series.Count == 0) throw new ArgumentException("there is nothing to merge", nameof(series));
        _series = [.. series];
        _feeds = [.. series.Select(_ => new Feed())];
        _length = [.. series.Select(s => s.Timeframe.Ticks)];
        _leaves = series.Count;
        _key = new long[_leaves];
        _losers = new int[_leaves];
        _winners = new int[2 * _leaves];
        Build();
    }

    public IReadOnlyList<MarketSeries> Series => _series;

    /// <summary>The market whose next block (or heartbeat, or end) is needed to go on; null while bars can be taken, and when everything is given out.</summary>
    public int? WaitsFor
    {
        get
        {
            if (_changed) Build();
            return _feeds[_winner].Current is null && !_feeds[_winner].Ended ? _winner : null;
        }
    }

    /// <summary>The earliest close that can still come; the greatest number once all feeds have ended. Everything before it has been given out, as soon as <see cref="Take"/> gives no more.</summary>
    public long Frontier
    {
        get
        {
            if (_changed) Build();
            return _key[_winner];
        }
    }

    /// <summary>The next block of a market's feed.</summary>
    /// <exception cref="InvalidOperationException">It does not follow the one before, or the feed has ended.</exception>
    public void Add(int market, BarBlock block)
    {
        var feed = _feeds[market];
        if (feed.Ended) throw new InvalidOperationException($"the feed of {_series[market]} has ended already");
        if (block.FirstIndex != feed.Taken)
            throw new InvalidOperationException($"{_series[market]} has had {feed.Taken} bars and cannot go on with bar {block.FirstIndex}");
        if (block.TimeColumn[0] <= feed.KnownTo)
            throw new InvalidOperationException($"{_series[market]} goes on at {new DateTime(block.TimeColumn[0], DateTimeKind.Utc):yyyy-MM-dd HH:mm}, which is not after what it has said to be complete");
        feed.Taken += block.Count;
        feed.KnownTo = block.TimeColumn[block.Count - 1];
        if (feed.Current is not null)
        {
            feed.Waiting.Enqueue(block);
            return;
        }
        feed.Current = block;
        feed.At = 0;
        Change(market, block.TimeColumn[0] + _length[market]);
    }

    /// <summary>No bar of this market opens at or before <paramref name="openTime"/> that has not come yet: a heartbeat, so that a silent market does not hold up the others.</summary>
    public void Reach(int market, long openTime)
    {
        var feed = _feeds[market];
        if (openTime <= feed.KnownTo) return;
        feed.KnownTo = openTime;
        if (feed.Current is null && !feed.Ended) Change(market, feed.KnownTo + 1 + _length[market]);
    }

    /// <summary>The market's feed has no more bars.</summary>
    public void End(int market)
    {
        var feed = _feeds[market];
        feed.Ended = true;
        if (feed.Current is null) Change(market, long.MaxValue);
    }

    /// <summary>The next bars, as many as are certain and fit.</summary>
    /// <returns>How many; 0 where <see cref="WaitsFor"/> has to go on first, or everything is given out.</returns>
    public int Take(Span<MergedBar> bars)
    {
        if (_changed) Build();
        var n = 0;
        while (n < bars.Length)
        {
            var winner = _winner;
            var feed = _feeds[winner];
            if (feed.Current is not { } block) break;
            var at = feed.At;
            bars[n++] = new MergedBar(winner, _key[winner], block[at]);
            if (++at < block.Count)
            {
                feed.At = at;
                _key[winner] = block.TimeColumn[at] + _length[winner];
            }
            else
            {
                feed.At = 0;
                feed.Current = feed.Waiting.TryDequeue(out var next) ? next : null;
                _key[winner] = feed.Current is { } more ? more.TimeColumn[0] + _length[winner]
                    : feed.Ended ? long.MaxValue : feed.KnownTo + 1 + _length[winner];
            }
            Replay(winner);
        }
        return n;
    }

    // Only the winner's way to the root holds all whom it beat; for any other feed the tree is played anew, once for however many changed.
    private void Change(int market, long key)
    {
        if (_key[market] == key) return;
        _key[market] = key;
        if (market == _winner && !_changed) Replay(market);
        else _changed = true;
    }

    // From the winner's leaf to the root: the better of the two goes on, the other stays.
    private void Replay(int market)
    {
        var losers = _losers;
        var keys = _key;
        var winner = market;
        var key = keys[winner];
        for (var node = (market + _leaves) >> 1; node > 0; node >>= 1)
        {
            var other = losers[node];
            var theirs = keys[other];
            if (theirs < key || theirs == key && other < winner)
            {
                losers[node] = winner;
                winner = other;
                key = theirs;
            }
        }
        _winner = winner;
    }

    private void Build()
    {
        _changed = false;
        var winners = _winners;
        for (var i = 0; i < _leaves; i++) winners[_leaves + i] = i;
        for (var node = _leaves - 1; node > 0; node--)
        {
            var (a, b) = (winners[2 * node], winners[2 * node + 1]);
            var first = _key[a] < _key[b] || _key[a] == _key[b] && a < b;
            winners[node] = first ? a : b;
            _losers[node] = first ? b : a;
        }
        _winner = _leaves == 1 ? 0 : winners[1];
    }
}
