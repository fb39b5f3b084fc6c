namespace Granary.Engine.Market;

/// <summary>
/// Turns a feed's blocks into blocks of a longer timeframe: a long bar appears once it is over. The last bar is left out if the market
/// would still have traded before its end, since its close was not known.
/// </summary>
internal sealed class BlockAggregator(Timeframe from, Timeframe to, SessionCalendar calendar, int blockSize)
{
    private readonly BarAggregator _aggregator = new(from, to, calendar);
    private readonly SessionInference _seen = new(from);
    private readonly List<Bar> _bars = [];
    private long _index;

    /// <summary>Takes a block; gives the long blocks that are full.</summary>
    public IEnumerable<BarBlock> Add(BarBlock block)
    {
        _seen.Add(block.Time);
        for (var i = 0; i < block.Count; i++)
        {
            _aggregator.Add(block[i], out var before, out var completed);
            if (before is { } b) _bars.Add(b);
            if (completed is { } c) _bars.Add(c);
            if (_bars.Count >= blockSize) yield return Take(blockSize);
        }
    }

    /// <summary>The data have ended: the long bars that are finished but have not filled a block.</summary>
    public BarBlock? End()
    {
        if (_aggregator.Finish(_seen) is { } last) _bars.Add(last);
        return _bars.Count > 0 ? Take(_bars.Count) : null;
    }

    /// <summary>The last bar, which <see cref="End"/> has left out; null if there is none.</summary>
    public Bar? Unfinished => _aggregator.Unfinished;

    private BarBlock Take(int count)
    {
        var block = BarBlock.FromBars(_index, _bars.ToArray().AsSpan(0, count));
        _bars.RemoveRange(0, count);
        _index += count;
        return block;
    }
}
