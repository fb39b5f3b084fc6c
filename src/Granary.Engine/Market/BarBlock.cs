namespace Granary.Engine.Market;

/// <summary>
/// Up to <see cref="MaxCount"/> consecutive bars of one instrument and timeframe, as immutable columns:
/// the unit in which bars cross a core, a stream or a socket. A live run uses blocks of one.
/// </summary>
public sealed class BarBlock
{
    public const int MaxCount = 4096;

    private readonly long[] _time;
    private readonly double[] _open, _high, _low, _close, _volume;
    private double _highest = double.NaN, _lowest = double.NaN;

    /// <summary>Takes the arrays over; the caller must not change them afterwards.</summary>
    /// <param name="firstIndex">The number of bars of this feed before this block.</param>
    /// <exception cref="ArgumentException">The columns differ in length, are empty, or are longer than <see cref="MaxCount"/>.</exception>
    public BarBlock(long firstIndex, long[] time, double[] open, double[] high, double[] low, double[] close, double[] volume)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstIndex);
        if (time.Length is 0 or > MaxCount)
            throw new ArgumentException($"a block holds 1 to {MaxCount} bars, not {time.Length}", nameof(time));
        if (open.Length != time.Length || high.Length != time.Length || low.Length != time.Length
            || close.Length != time.Length || volume.Length != time.Length)
            throw new ArgumentException("all columns of a block have the same length", nameof(open));
        FirstIndex = firstIndex;
        _time = time;
        _open = open;
        _high = high;
        _low = low;
        _close = close;
        _volume = volume;
    }

    public long FirstIndex { get; }

    public int Count => _time.Length;

    public ReadOnlySpan<long> Time => _time;

    public ReadOnlySpan<double> Open => _open;

    public ReadOnlySpan<double> High => _high;

    public ReadOnlySpan<double> Low => _low;

    public ReadOnlySpan<double> Close => _close;

    public ReadOnlySpan<double> Volume => _volume;

    public Bar this[int index] => new(_time[index], _open[index], _high[index], _low[index], _close[index], _volume[index]);

    // The run loop reads columns at every bar; an array spares it a span on the stack.
    internal long[] TimeColumn => _time;

    internal double[] OpenColumn => _open;

    internal double[] HighColumn => _high;

    internal double[] LowColumn => _low;

    internal double[] CloseColumn => _close;

    internal double[] VolumeColumn => _volume;

    /// <summary>The highest high; computed once for all strategies.</summary>
    internal double HighestHigh => double.IsNaN(_highest) ? _highest = Extremes.Greatest(_high) : _highest;

    /// <summary>The lowest low; computed once for all strategies.</summary>
    internal double LowestLow => double.IsNaN(_lowest) ? _lowest = Extremes.Least(_low) : _lowest;

    /// <summary>A block from bars in row form.</summary>
    public static BarBlock FromBars(long firstIndex, ReadOnlySpan<Bar> bars)
    {
        var n = bars.Length;
        var (t, o, h, l, c, v) = (new long[n], new double[n], new double[n], new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
            (t[i], o[i], h[i], l[i], c[i], v[i]) = (bars[i].Time, bars[i].Open, bars[i].High, bars[i].Low, bars[i].Close, bars[i].Volume);
        return new BarBlock(firstIndex, t, o, h, l, c, v);
    }

    /// <summary>The same bars under other numbers; their columns are shared.</summary>
    /// <param name="firstIndex">The number of bars before this block in the feed that it is to belong to.</param>
    public BarBlock Renumbered(long firstIndex) => new(firstIndex, _time, _open, _high, _low, _close, _volume);

    /// <summary>The bars from <paramref name="start"/>, as a block of their own (a copy).</summary>
    public BarBlock Slice(int start, int count) => new(
        FirstIndex + start, _time.AsSpan(start, count).ToArray(), _open.AsSpan(start, count).ToArray(),
        _high.AsSpan(start, count).ToArray(), _low.AsSpan(start, count).ToArray(),
        _close.AsSpan(start, count).ToArray(), _volume.AsSpan(start, count).ToArray());
}
