using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// The rows of an account over several markets: times at which bars close, with their closes. Each market is marked at the shortest
/// timeframe that a strategy trades. There is exactly one row for each bar of the data's calendar.
/// </summary>
internal sealed class MarkTimeline
{
    private readonly List<long> _stamps = [], _timestamps = [];
    private readonly List<int> _ends = [];
    private readonly List<(int Market, double Close)> _marks = [];

    public int Rows => _stamps.Count;

    /// <summary>Open time of the bars that close with a row, UTC ticks.</summary>
    public long Stamp(int row) => _stamps[row];

    /// <summary>The time at which they close, UTC ticks.</summary>
    public long Timestamp(int row) => _timestamps[row];

    /// <summary>The closes of a row.</summary>
    public ReadOnlySpan<(int Market, double Close)> Marks(int row)
    {
        var first = row == 0 ? 0 : _ends[row - 1];
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_marks)[first.._ends[row]];
    }

    /// <summary>Creates the rows of the out-of-sample windows; markets are numbered by symbol.</summary>
    public static async Task<MarkTimeline> ReadAsync(WalkForwardInput input, CancellationToken cancellationToken)
    {
        var (timeline, markets, from, to) = (new MarkTimeline(), input.OrderedMarkets, input.Windows[0].At, input.Windows[^1].To);
        var cursors = new PriorityQueue<Cursor, (long, int)>();
        for (var m = 0; m < markets.Count; m++)
        {
            var timeframes = input.Plan.Instances.Where(i => i.Symbols.Contains(markets[m].Symbol, StringComparer.Ordinal))
                .Select(i => i.Timeframe).ToList();
            if (timeframes.Count == 0) continue;
            var timeframe = timeframes.MinBy(t => t.Ticks);
            var cursor = new Cursor(m, timeframe,
                FeedBlocks.ReadAsync(markets[m].Whole, timeframe, IBarSeries.DefaultBlockSize, cancellationToken)
                    .GetAsyncEnumerator(cancellationToken));
            await timeline.NextAsync(cursors, cursor, from, to);
        }
        while (cursors.TryPeek(out _, out var key))
        {
            var stamp = long.MinValue;
            while (cursors.TryPeek(out var cursor, out var next) && next.Item1 == key.Item1)
            {
                cursors.Dequeue();
                stamp = Math.Max(stamp, cursor.Time);
                timeline._marks.Add((cursor.Market, cursor.Close));
                await timeline.NextAsync(cursors, cursor, from, to);
            }
            timeline.EndRow(stamp, key.Item1);
        }
        return timeline;
    }

    // Longer bars that close after a row of shorter ones are marks of the next row.
    private void EndRow(long stamp, long timestamp)
    {
        if (_stamps.Count > 0 && stamp <= _stamps[^1]) return;
        _stamps.Add(stamp);
        _timestamps.Add(timestamp);
        _ends.Add(_marks.Count);
    }

    private async ValueTask NextAsync(PriorityQueue<Cursor, (long, int)> cursors, Cursor cursor, long from, long to)
    {
        do
        {
            if (await cursor.NextAsync() && cursor.Time < to) continue;
            await cursor.DisposeAsync();
            return;
        }
        while (cursor.Time < from);
        cursors.Enqueue(cursor, (cursor.Timestamp, cursor.Market));
    }

    private sealed class Cursor(int market, Timeframe timeframe, IAsyncEnumerator<BarBlock> blocks) : IAsyncDisposable
    {
        private BarBlock? _block;
        private int _at;

        public int Market => market;

        public long Time => _block!.Time[_at];

        public long Timestamp => timeframe.CloseOf(Time);

        public double Close => _block!.Close[_at];

        public async ValueTask<bool> NextAsync()
        {
            if (_block is not null && ++_at < _block.Count) return true;
            if (!await blocks.MoveNextAsync()) return false;
            (_block, _at) = (blocks.Current, 0);
            return true;
        }

        public ValueTask DisposeAsync() => blocks.DisposeAsync();
    }
}
