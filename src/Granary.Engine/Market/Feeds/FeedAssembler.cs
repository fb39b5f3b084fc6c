using System.Runtime.InteropServices;

namespace Granary.Engine.Market.Feeds;

/// <summary>
/// Assembles a live feed from bars of several markets, in any interleaving, repeated or late, and from reports of the time reached. It
/// returns items in the order that <see cref="ILiveFeed"/> defines.
/// </summary>
public sealed class FeedAssembler
{
    private readonly BarMerge _merge;
    private readonly int _blockSize;
    private readonly long[] _taken, _given;
    private readonly bool[] _away;
    private readonly List<Bar>[] _gathered;
    private readonly List<int> _touched = [];
    private readonly Queue<FeedItem> _items = new();
    private readonly MergedBar[] _buffer = new MergedBar[256];
    private long _timestamp, _reached = long.MinValue, _heartbeat = long.MinValue;
    private int _timestamps;
    private bool _open, _ended, _endGiven;

    /// <param name="blockSize">
    /// The most time slices between two heartbeats if many are known at once. Above 1, the markets are in order only between heartbeats.
    /// </param>
    public FeedAssembler(IReadOnlyList<MarketSeries> series, LateBarPolicy policy, int blockSize = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
        _merge = new BarMerge(series);
        _blockSize = blockSize;
        _taken = new long[series.Count];
        _given = new long[series.Count];
        _away = new bool[series.Count];
        _gathered = [.. series.Select(_ => new List<Bar>())];
        Late = new LateBars(series, policy);
    }

    public IReadOnlyList<MarketSeries> Series => _merge.Series;

    /// <summary>Bars that were left out because they came late.</summary>
    public LateBars Late { get; }

    /// <summary>The number of bars that have been added but cannot be returned yet.</summary>
    public long Waiting => _taken.Sum() - _given.Sum();

    /// <summary>The market whose bars or heartbeat are needed to continue; null if items can be taken, or all markets have ended.</summary>
    public int? WaitsFor => _items.Count > 0 ? null : _merge.WaitsFor;

    /// <summary>The last bar of a market that was added in order; null before the first.</summary>
    public Bar? Last(int market) => Late.Last(market);

    /// <summary>The number of bars of a market that were added in order, which is the index of its next bar.</summary>
    public long Taken(int market) => _taken[market];

    /// <summary>
    /// Detaches a market that another reader takes over. Its bars that have not been returned are dropped, and the feed does not wait for
    /// it. Call it when <see cref="TryNext"/> returns false.
    /// </summary>
    public void Leave(int market)
    {
        if (_away[market]) return;
        _away[market] = true;
        var forgotten = _merge.Leave(market, out var before);
        _taken[market] -= forgotten;
        if (forgotten > 0) Late.Rewind(market, before);
    }

    /// <summary>Attaches a detached market again. If other markets are ahead, its bars follow theirs, each once and in order.</summary>
    public void Return(int market)
    {
        if (!_away[market]) return;
        _away[market] = false;
        _merge.Return(market);
    }

    /// <summary>Adds a bar of a market as received.</summary>
    /// <exception cref="BarDataException">The bar is late, and the policy is to stop.</exception>
    public void Add(int market, in Bar bar)
    {
        if (Late.Classify(market, bar) == Arrival.Next) _merge.Add(market, BarBlock.FromBars(_taken[market]++, [bar]));
    }

    /// <summary>Adds a block as received; its own index is ignored.</summary>
    /// <exception cref="BarDataException">A bar is late, and the policy is to stop.</exception>
    public void Add(int market, BarBlock block)
    {
        if (Late.TryPass(market, block))
        {
            _merge.Add(market, Counted(block, _taken[market]));
            _taken[market] += block.Count;
            return;
        }
        for (var i = 0; i < block.Count; i++) Add(market, block[i]);
    }

    // The same columns with another first index.
    private static BarBlock Counted(BarBlock block, long firstIndex) =>
        block.FirstIndex == firstIndex ? block : block.Renumbered(firstIndex);

    /// <summary>Reports that no bar of any market that closes at or before this time can still come.</summary>
    public void Reach(long close)
    {
        if (close <= _reached) return;
        _reached = close;
        for (var s = 0; s < Series.Count; s++)
            if (!_away[s])
                Reach(s, close);
    }

    /// <summary>Reports that no bar of this market that closes at or before this time can still come.</summary>
    public void Reach(int market, long close)
    {
        var open = Series[market].Timeframe.OpenOf(close);
        _merge.Reach(market, open);
        Late.Reach(market, open);
    }

    /// <summary>Ends all markets.</summary>
    public void End()
    {
        if (_ended) return;
        _ended = true;
        for (var s = 0; s < Series.Count; s++) _merge.End(s);
    }

    /// <summary>Returns the next item that is final; false if there is none yet.</summary>
    public bool TryNext(out FeedItem item)
    {
        if (_items.Count == 0) Fill();
        return _items.TryDequeue(out item);
    }

    private void Fill()
    {
        while (_items.Count == 0)
        {
            // A block that no other bars interleave with is passed through unchanged.
            if (_blockSize > 1 && !_open && _merge.TryTakeBlock(out var market, out var block))
            {
                _timestamp = Series[market].Timeframe.CloseOf(block.Time[^1]);
                _items.Enqueue(FeedItem.Of(market, Counted(block, _given[market]), _timestamp));
                _given[market] += block.Count;
                Beat(_timestamp);
                break;
            }
            var n = _merge.Take(_buffer);
            if (n == 0) break;
            foreach (ref readonly var merged in _buffer.AsSpan(0, n))
            {
                if (merged.Close != _timestamp)
                {
                    if (_open && ++_timestamps >= _blockSize) Close();
                    _timestamp = merged.Close;
                }
                _open = true;
                if (_gathered[merged.Series].Count == 0) _touched.Add(merged.Series);
                _gathered[merged.Series].Add(merged.Bar);
            }
        }
        if (_items.Count > 0) return;
        if (_open)
        {
            if (_merge.Frontier > _timestamp) Close();
            else Give(); // these are final; others of the same timestamp may follow
        }
        if (!_open && _reached > _heartbeat && _merge.Frontier > _reached) Beat(_reached);
        if (_ended && !_open && !_endGiven && _merge.Frontier == long.MaxValue)
        {
            _endGiven = true;
            _items.Enqueue(FeedItem.End(_heartbeat == long.MinValue ? 0 : _heartbeat));
        }
    }

    private void Close()
    {
        Give();
        _open = false;
        _timestamps = 0;
        Beat(_timestamp);
    }

    private void Give()
    {
        _touched.Sort();
        foreach (var s in _touched)
        {
            var bars = _gathered[s];
            for (var i = 0; i < bars.Count; i += BarBlock.MaxCount)
            {
                var block = BarBlock.FromBars(_given[s],
                    CollectionsMarshal.AsSpan(bars).Slice(i, Math.Min(BarBlock.MaxCount, bars.Count - i)));
                _given[s] += block.Count;
                _items.Enqueue(FeedItem.Of(s, block, Series[s].Timeframe.CloseOf(block.Time[^1])));
            }
            bars.Clear();
        }
        _touched.Clear();
    }

    private void Beat(long time)
    {
        if (time <= _heartbeat) return;
        _heartbeat = time;
        _items.Enqueue(FeedItem.Heartbeat(time));
    }
}
