namespace Granary.Engine.Market;

/// <summary>
/// A symbol's smaller bars, kept to tell in which order a longer bar went through two prices. Filled before the first bar is run, and then read
/// by any number of strategies at once.
/// </summary>
/// <param name="timeframe">Of the smaller bars.</param>
public sealed class IntrabarPath(Timeframe timeframe)
{
    private long[] _time = [];
    private double[] _open = [], _high = [], _low = [];
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
        }
        block.Time.CopyTo(_time.AsSpan(_count));
        block.Open.CopyTo(_open.AsSpan(_count));
        block.High.CopyTo(_high.AsSpan(_count));
        block.Low.CopyTo(_low.AsSpan(_count));
        _count += block.Count;
    }

    /// <summary>Which of two prices, one below the market and one above, was reached first.</summary>
    /// <param name="from">Open time of the longer bar, UTC ticks.</param>
    /// <param name="to">The end of it.</param>
    /// <param name="open">Of the smaller bar that decided: where it opened, which may be beyond the price.</param>
    /// <returns>true = the lower, false = the upper; null where there are no smaller bars, none reaches either, or the first that does reaches both.</returns>
    public bool? LowerFirst(long from, long to, double lower, double upper, out double open)
    {
        open = double.NaN;
        var i = Array.BinarySearch(_time, 0, _count, from);
        for (i = i < 0 ? ~i : i; i < _count && _time[i] < to; i++)
        {
            var (low, high) = (_low[i] <= lower, _high[i] >= upper);
            if (!low && !high) continue;
            open = _open[i];
            // A bar that opens beyond one of them has been there before it went to the other.
            if (low && high) return open <= lower ? true : open >= upper ? false : null;
            return low;
        }
        return null;
    }
}
