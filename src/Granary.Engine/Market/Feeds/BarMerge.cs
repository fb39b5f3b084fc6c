using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Market.Feeds;

/// <summary>One bar from a merge.</summary>
/// <param name="Series">The market's index in <see cref="BarMerge.Series"/>.</param>
/// <param name="Close">The time at which it is known: its open plus its timeframe, UTC ticks.</param>
public readonly record struct MergedBar(int Series, long Close, Bar Bar);

/// <summary>
/// Merges the feeds of any number of markets, of one timeframe or several, into one order: by close, then by the market's index. Accepts
/// blocks of any size, and returns a bar as soon as no feed can deliver an earlier one. The order does not depend on the block sizes.
/// </summary>
/// <remarks>
/// Feeds are in groups of <see cref="Group"/>. One array holds the close of each feed's next bar, another the earliest close of each group.
/// A sweep over the second finds the next time slice and the groups that have bars of it; a sweep over a group finds the feeds. Both are
/// vectorised. A feed without waiting bars takes part with the earliest close that it could still have. If that is the least, its next
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

    // Rows are assembled from a block's columns in batches of this size, so that the reads of the six columns wait for memory concurrently.
    private const int Rows = 32;

    // Position of a feed within its current block.
    private struct Cursor
    {
        public BarBlock? Block;
        // Rows [Start, Start + Filled) of the block are in the array of rows.
        public int Start, Filled, At;
        public Timeframe Timeframe;
    }

    private sealed class Feed
    {
        public readonly Queue<BarBlock> Waiting = new();
        public long Taken;
        // No bar at or before this open time can still come.
        public long KnownTo = -1;
        public bool Ended, Away;
    }

    private readonly MarketSeries[] _series;
    private readonly Feed[] _feeds;
    private readonly Cursor[] _cursors;
    private readonly Bar[] _rows;
    // The close of each feed's next bar, or the earliest that can still come; long.MaxValue once it has ended.
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
    /// The market whose next block, heartbeat or end is needed to continue; null while bars can be taken, and after the last bar.
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
    /// The earliest close that can still come; <see cref="long.MaxValue"/> once all feeds have ended. When <see cref="Take"/> returns no
    /// more bars, all bars before it have been returned.
    /// </summary>
    public long Frontier => Least(_least);

    /// <summary>Adds the next block of a market's feed.</summary>
    /// <exception cref="InvalidOperationException">The block does not follow the one before, or the feed has ended.</exception>
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
    /// Reports a heartbeat: all bars of this market that open at or before <paramref name="openTime"/> have been added. The merge then does
    /// not wait for a silent market.
    /// </summary>
    public void Reach(int market, long openTime)
    {
        var feed = _feeds[market];
        if (openTime <= feed.KnownTo || feed.Away) return;
        feed.KnownTo = openTime;
        if (_cursors[market].Block is null && !feed.Ended) Change(market, _cursors[market].Timeframe.CloseOf(feed.KnownTo + 1));
    }

    /// <summary>
    /// Detaches the feed of a market that another reader takes over. Its waiting bars are dropped, except for a block that is partly
    /// returned. The merge does not wait for it until it returns.
    /// </summary>
    /// <param name="before">When the feed returns, its bars open later than this time.</param>
    /// <returns>The number of dropped bars; the index of the next block to be added is lower by this number.</returns>
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
        // A later heartbeat no longer holds: the dropped bars come again.
        if (first is not null) feed.KnownTo = first.TimeColumn[0] - 1;
        before = feed.KnownTo;
        feed.Away = true;
        if (cursor.Block is null) Change(market, long.MaxValue);
        return forgotten;
    }

    /// <summary>Attaches the feed of a detached market again, however far the other feeds are by now.</summary>
    public void Return(int market)
    {
        var feed = _feeds[market];
        feed.Away = false;
        if (_cursors[market].Block is null && !feed.Ended) Change(market, _cursors[market].Timeframe.CloseOf(feed.KnownTo + 1));
    }

    /// <summary>Ends the market's feed.</summary>
    public void End(int market)
    {
        _feeds[market].Ended = true;
        if (_cursors[market].Block is null) Change(market, long.MaxValue);
    }

    /// <summary>Returns the next bars in order, as many as are final and fit.</summary>
    /// <returns>The number of bars; 0 if the market of <see cref="WaitsFor"/> must deliver first, or after the last bar.</returns>
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

    // Takes the bars of a time slice in a group; false if a bar is missing or the buffer is full.
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
    /// Returns the rest of a market's block as a whole, if all of it precedes every bar that another market can still deliver.
    /// </summary>
    /// <returns>False if bars of several markets interleave; then call <see cref="Take"/>.</returns>
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

    // Moves to the next waiting block, since the current one is used up.
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
        if (block.FurtherColumns is not { } further) return;
        for (int i = 0, at = start; i < n; i++, at++) rows[i] = rows[i] with { Further = further.At(at) };
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

    // A bit mask of the values among Group that are equal to the given one.
    private static uint Equal(ref long values, long value)
    {
        var wanted = Vector256.Create(value);
        var bits = 0u;
        for (var i = 0; i < Group; i += Vector256<long>.Count)
            bits |= Vector256.Equals(Vector256.LoadUnsafe(ref values, (nuint)i), wanted).ExtractMostSignificantBits() << i;
        return bits;
    }

    // The minimum of the values; their number is a multiple of Group.
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
