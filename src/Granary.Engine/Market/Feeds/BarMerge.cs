using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Market.Feeds;

/// <summary>One bar out of a merge.</summary>
/// <param name="Series">The market's place in <see cref="BarMerge.Series"/>.</param>
/// <param name="Close">The time at which it is known: its open plus its timeframe, UTC ticks.</param>
public readonly record struct MergedBar(int Series, long Close, Bar Bar);

/// <summary>
/// Merges the feeds of any number of markets, of one timeframe or several, into one order: by close, then by the market's place. Takes
/// blocks of any size from each feed, and gives a bar as soon as no feed can bring an earlier one. However the feeds are cut, the order is
/// the same.
/// </summary>
/// <remarks>
/// The close of each feed's next bar stands in one array, and the least of every <see cref="Group"/> of them in another: one sweep over
/// these tells the next time slice and the groups that have bars of it, one over a group which of its feeds, and the processor does several
/// at a time. A feed that has nothing waiting takes part with the earliest close that it could still bring; if that is the least, its next
/// block is needed.
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
    private const int Group = 16;

    // Rows are put together from a block's columns so many at a time: the reads of the six columns wait for memory at once instead of one
    // after the other.
    private const int Rows = 32;

    // What a feed gives from now.
    private struct Cursor
    {
        public BarBlock? Block;
        // Of the block: rows [Start, Start + Filled) stand in the array of rows.
        public int Start, Filled, At;
        public Timeframe Timeframe;
    }

    private sealed class Feed
    {
        public readonly Queue<BarBlock> Waiting = new();
        public long Taken;
        // No bar at or before this open time is still to come; the second as far as heartbeats said so.
        public long KnownTo = -1, ReachedTo = -1;
        public bool Ended, Away;
    }

    private readonly MarketSeries[] _series;
    private readonly Feed[] _feeds;
    private readonly Cursor[] _cursors;
    private readonly Bar[] _rows;
    // For each feed the close of its next bar, or the earliest that could still come; the greatest number once it has ended.
    private readonly long[] _key;
    private readonly long[] _least;

    /// <exception cref="ArgumentException">No series.</exception>
    public BarMerge(IReadOnlyList<MarketSeries> series)
    {
        if (series.Count == 0) throw new ArgumentException("there is nothing to merge", nameof(series));
        _series = [.. series];
        _feeds = [.. series.Select(_ => new Feed())];
        _cursors = [.. series.Select(s => new Cursor { Timeframe = s.Timeframe })];
        _rows = new Bar[series.Count * Rows];
        var groups = (series.Count + Group - 1) / Group;
        _key = new long[groups * Group];
        _key.AsSpan(series.Count).Fill(long.MaxValue);
        _least = new long[(groups + Group - 1) / Group * Group];
        _least.AsSpan(groups).Fill(long.MaxValue);
    }

    public IReadOnlyList<MarketSeries> Series => _series;

    /// <summary>
    /// The market whose next block (or heartbeat, or end) is needed to go on; null while bars can be taken, and when everything is given
    /// out.
    /// </summary>
    public int? WaitsFor
    {
        get
        {
            var key = Least(_least);
            if (key == long.MaxValue) return null;
            var market = First(key);
            return _cursors[market].Block is null ? market : null;
        }
    }

    /// <summary>
    /// The earliest close that can still come; the greatest number once all feeds have ended. Everything before it has been given out, as
    /// soon as <see cref="Take"/> gives no more.
    /// </summary>
    public long Frontier => Least(_least);

    /// <summary>The next block of a market's feed.</summary>
    /// <exception cref="InvalidOperationException">It does not follow the one before, or the feed has ended.</exception>
    public void Add(int market, BarBlock block)
    {
        var feed = _feeds[market];
        if (feed.Ended) throw new InvalidOperationException($"the feed of {_series[market]} has ended already");
        if (feed.Away) throw new InvalidOperationException($"the feed of {_series[market]} is away");
        if (block.FirstIndex != feed.Taken)
            throw new InvalidOperationException($"{_series[market]} has had {feed.Taken} bars and cannot go on with "
                + $"bar {block.FirstIndex}");
        if (block.TimeColumn[0] <= feed.KnownTo)
            throw new InvalidOperationException($"{_series[market]} goes on "
                + $"at {new DateTime(block.TimeColumn[0], DateTimeKind.Utc):yyyy-MM-dd HH:mm}, which is not after what it has said to be "
                + $"complete");
        feed.Taken += block.Count;
        feed.KnownTo = block.TimeColumn[block.Count - 1];
        if (_cursors[market].Block is not null) feed.Waiting.Enqueue(block);
        else Begin(market, block);
    }

    /// <summary>
    /// No bar of this market opens at or before <paramref name="openTime"/> that has not come yet: a heartbeat, so that a silent market
    /// does not hold up the others.
    /// </summary>
    public void Reach(int market, long openTime)
    {
        var feed = _feeds[market];
        if (openTime <= feed.KnownTo || feed.Away) return;
        (feed.KnownTo, feed.ReachedTo) = (openTime, openTime);
        if (_cursors[market].Block is null && !feed.Ended) Change(market, _cursors[market].Timeframe.CloseOf(feed.KnownTo + 1));
    }

    /// <summary>
    /// Another reader takes the market's feed from now on: its waiting bars are dropped, but for a block that has been begun, and the merge
    /// does not wait for it until it comes back.
    /// </summary>
    /// <param name="before">No bar that opens at or before this time comes when the feed is back.</param>
    /// <returns>How many bars were forgotten; the count of the next block to be added is lower by as many.</returns>
    public long Leave(int market, out long before)
    {
        var feed = _feeds[market];
        ref var cursor = ref _cursors[market];
        BarBlock? first = null;
        var forgotten = 0L;
        if (cursor.Block is { } block && cursor.Start + cursor.At == 0)
        {
            (first, forgotten) = (block, block.Count);
            cursor.Block = null;
        }
        foreach (var waiting in feed.Waiting)
        {
            first ??= waiting;
            forgotten += waiting.Count;
        }
        feed.Waiting.Clear();
        feed.Taken -= forgotten;
        if (first is not null) feed.KnownTo = Math.Max(feed.ReachedTo, first.TimeColumn[0] - 1);
        before = feed.KnownTo;
        feed.Away = true;
        if (cursor.Block is null) Change(market, long.MaxValue);
        return forgotten;
    }

    /// <summary>The feed of a market that was away goes on here, wherever the others are by now.</summary>
    public void Return(int market)
    {
        var feed = _feeds[market];
        feed.Away = false;
        if (_cursors[market].Block is null && !feed.Ended) Change(market, _cursors[market].Timeframe.CloseOf(feed.KnownTo + 1));
    }

    /// <summary>The market's feed has no more bars.</summary>
    public void End(int market)
    {
        _feeds[market].Ended = true;
        if (_cursors[market].Block is null) Change(market, long.MaxValue);
    }

    /// <summary>The next bars, as many as are certain and fit.</summary>
    /// <returns>How many; 0 where <see cref="WaitsFor"/> has to go on first, or everything is given out.</returns>
    public int Take(Span<MergedBar> bars)
    {
        var n = 0;
        while (n < bars.Length)
        {
            var close = Least(_least);
            if (close == long.MaxValue) break;
            for (var first = 0; first < _least.Length; first += Group)
            {
                for (var groups = Equal(ref _least[first], close); groups != 0; groups &= groups - 1)
                {
                    if (!TakeGroup(first + BitOperations.TrailingZeroCount(groups), close, bars, ref n)) return n;
                }
            }
        }
        return n;
    }

    // The bars of a time slice in a group; false where one is needed that has not come, or there is no more room.
    private bool TakeGroup(int group, long close, Span<MergedBar> bars, ref int n)
    {
        var keys = _key.AsSpan(group * Group, Group);
        for (var equal = Equal(ref keys[0], close); equal != 0; equal &= equal - 1)
        {
            var k = BitOperations.TrailingZeroCount(equal);
            var market = group * Group + k;
            ref var cursor = ref _cursors[market];
            if (cursor.Block is not { } block || n == bars.Length)
            {
                _least[group] = Least(keys);
                return false;
            }
            var rows = _rows.AsSpan(market * Rows, Rows);
            var at = cursor.At;
            bars[n++] = new MergedBar(market, close, rows[at]);
            if (++at < cursor.Filled)
            {
                cursor.At = at;
                keys[k] = cursor.Timeframe.CloseOf(rows[at].Time);
            }
            else if (cursor.Start + cursor.Filled < block.Count)
            {
                Fill(ref cursor, block, cursor.Start + cursor.Filled, rows);
                keys[k] = cursor.Timeframe.CloseOf(rows[0].Time);
            }
            else
            {
                Next(market);
            }
        }
        _least[group] = Least(keys);
        return true;
    }

    /// <summary>
    /// The rest of a market's block as a whole, where all of it comes before anything that another market can still bring.
    /// </summary>
    /// <returns>False where bars of several markets interleave: then <see cref="Take"/> them.</returns>
    public bool TryTakeBlock(out int market, out BarBlock block)
    {
        (market, block) = (-1, null!);
        var close = Least(_least);
        if (close == long.MaxValue) return false;
        market = First(close);
        ref var cursor = ref _cursors[market];
        if (cursor.Block is not { } whole || cursor.Start + cursor.At > 0) return false;
        _key[market] = long.MaxValue;
        var group = market / Group;
        _least[group] = Least(_key.AsSpan(group * Group, Group));
        var free = cursor.Timeframe.CloseOf(whole.TimeColumn[whole.Count - 1]) < Least(_least);
        Change(market, close);
        if (!free) return false;
        block = whole;
        Next(market);
        return true;
    }

    // The block is used up.
    private void Next(int market)
    {
        var feed = _feeds[market];
        ref var cursor = ref _cursors[market];
        if (feed.Waiting.TryDequeue(out var next))
        {
            Begin(market, next);
            return;
        }
        cursor.Block = null;
        Change(market, feed.Ended || feed.Away ? long.MaxValue : cursor.Timeframe.CloseOf(feed.KnownTo + 1));
    }

    private void Begin(int market, BarBlock block)
    {
        ref var cursor = ref _cursors[market];
        cursor.Block = block;
        Fill(ref cursor, block, 0, _rows.AsSpan(market * Rows, Rows));
        Change(market, cursor.Timeframe.CloseOf(block.TimeColumn[0]));
    }

    private static void Fill(ref Cursor cursor, BarBlock block, int start, Span<Bar> rows)
    {
        var n = Math.Min(Rows, block.Count - start);
        (cursor.Start, cursor.Filled, cursor.At) = (start, n, 0);
        var (t, o, h, l, c, v) =
            (block.TimeColumn, block.OpenColumn, block.HighColumn, block.LowColumn, block.CloseColumn, block.VolumeColumn);
        for (int i = 0, at = start; i < n; i++, at++) rows[i] = new Bar(t[at], o[at], h[at], l[at], c[at], v[at]);
    }

    private void Change(int market, long key)
    {
        _key[market] = key;
        var group = market / Group;
        _least[group] = Least(_key.AsSpan(group * Group, Group));
    }

    private int First(long key)
    {
        var group = Array.IndexOf(_least, key);
        return group * Group + _key.AsSpan(group * Group, Group).IndexOf(key);
    }

    // Which of Group values are equal to one, a bit for each.
    private static uint Equal(ref long values, long value)
    {
        var wanted = Vector256.Create(value);
        var bits = 0u;
        for (var i = 0; i < Group; i += Vector256<long>.Count)
            bits |= Vector256.Equals(Vector256.LoadUnsafe(ref values, (nuint)i), wanted).ExtractMostSignificantBits() << i;
        return bits;
    }

    // The least of some; their number is a multiple of Group.
    private static long Least(ReadOnlySpan<long> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var (a, b) = (Vector256.LoadUnsafe(ref first), Vector256.LoadUnsafe(ref first, 4));
        for (var i = 8; i < values.Length; i += 8)
        {
            a = Vector256.Min(a, Vector256.LoadUnsafe(ref first, (nuint)i));
            b = Vector256.Min(b, Vector256.LoadUnsafe(ref first, (nuint)i + 4));
        }
        a = Vector256.Min(a, b);
        var half = Vector128.Min(a.GetLower(), a.GetUpper());
        return Math.Min(half[0], half[1]);
    }
}
