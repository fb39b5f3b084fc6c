namespace Granary.Engine.Market;

/// <summary>
/// A symbol's smaller bars, kept to tell in which order a longer bar went through prices. Filled before the first bar is run, and then read
/// by any number of strategies at once.
/// </summary>
/// <param name="timeframe">The timeframe of the smaller bars.</param>
public sealed class IntrabarPath(Timeframe timeframe)
{
    private long[] _time = [];
    private double[] _open = [], _high = [], _low = [], _close = [];
    private int _count;

    public Timeframe Timeframe => timeframe;

    /// <summary>Smaller bars so far.</summary>
    public int Count => _count;

    /// <summary>The next of them, in order.</summary>
    public void Add(BarBlock block)
    {
        if (_count + block.Count > _time.Length)
        {
            var size = Math.Max(_time.Length * 2, _count + BarBlock.MaxCount);
            Array.Resize(ref _time, size);
            Array.Resize(ref _open, size);
            Array.Resize(ref _high, size);
            Array.Resize(ref _low, size);
            Array.Resize(ref _close, size);
        }
        block.Time.CopyTo(_time.AsSpan(_count));
        block.Open.CopyTo(_open.AsSpan(_count));
        block.High.CopyTo(_high.AsSpan(_count));
        block.Low.CopyTo(_low.AsSpan(_count));
        block.Close.CopyTo(_close.AsSpan(_count));
        _count += block.Count;
    }

    /// <summary>The smaller bars that open within a longer one, from the first up to, but not with, the end.</summary>
    /// <param name="from">Open time of the longer bar, UTC ticks.</param>
    /// <param name="to">The end of it.</param>
    public (int First, int End) Within(long from, long to) => (First(from), First(to));

    private int First(long time)
    {
        var at = Array.BinarySearch(_time, 0, _count, time);
        return at < 0 ? ~at : at;
    }

    /// <summary>Close time of one of them, UTC ticks.</summary>
    public long CloseOf(int at) => timeframe.CloseOf(_time[at]);

    /// <summary>One of them; its volume is not kept.</summary>
    public Bar this[int at] => new(_time[at], _open[at], _high[at], _low[at], _close[at], 0);
}
