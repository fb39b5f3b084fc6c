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
    private int _count;
    private FurtherColumns? _further;

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
        _count = time.Length;
        _time = time;
        _open = open;
        _high = high;
        _low = low;
        _close = close;
        _volume = volume;
    }

    // An empty one to write into, for who keeps it to itself.
    internal BarBlock(int capacity)
        : this(0, new long[capacity], new double[capacity], new double[capacity], new double[capacity], new double[capacity],
            new double[capacity]) => _count = 0;

    public long FirstIndex { get; private set; }

    public int Count => _count;

    public ReadOnlySpan<long> Time => _time.AsSpan(0, _count);

    public ReadOnlySpan<double> Open => _open.AsSpan(0, _count);

    public ReadOnlySpan<double> High => _high.AsSpan(0, _count);

    public ReadOnlySpan<double> Low => _low.AsSpan(0, _count);

    public ReadOnlySpan<double> Close => _close.AsSpan(0, _count);

    public ReadOnlySpan<double> Volume => _volume.AsSpan(0, _count);

    /// <summary>Further columns, with a value for each bar; null if the feed carries none.</summary>
    /// <exception cref="ArgumentException">The columns have a different number of bars.</exception>
    public FurtherColumns? Further
    {
        get => _further is { } further && further.Rows != _count ? further.Slice(0, _count) : _further;
        init
        {
            if (value is not null && value.Rows != _count)
                throw new ArgumentException($"the columns have {value.Rows} rows for {_count} bars", nameof(value));
            _further = value;
        }
    }

    public Bar this[int index] => new(_time[index], _open[index], _high[index], _low[index], _close[index], _volume[index])
    {
        Further = _further?.At(index),
    };

    // The run loop reads columns at every bar; an array spares it a span on the stack. Longer than the block where that was written into.
    internal long[] TimeColumn => _time;

    internal double[] OpenColumn => _open;

    internal double[] HighColumn => _high;

    internal double[] LowColumn => _low;

    internal double[] CloseColumn => _close;

    internal double[] VolumeColumn => _volume;

    internal FurtherColumns? FurtherColumns => _further;

    /// <summary>The highest high; computed once for all strategies.</summary>
    internal double HighestHigh => double.IsNaN(_highest) ? _highest = Extremes.Greatest(High) : _highest;

    /// <summary>The lowest low; computed once for all strategies.</summary>
    internal double LowestLow => double.IsNaN(_lowest) ? _lowest = Extremes.Least(Low) : _lowest;

    // Writes the bars of another block from a place on, behind which it ends then; only into one that was made empty.
    internal void Write(int at, BarBlock bars)
    {
        if (at == 0) FirstIndex = bars.FirstIndex;
        bars.Time.CopyTo(_time.AsSpan(at));
        bars.Open.CopyTo(_open.AsSpan(at));
        bars.High.CopyTo(_high.AsSpan(at));
        bars.Low.CopyTo(_low.AsSpan(at));
        bars.Close.CopyTo(_close.AsSpan(at));
        bars.Volume.CopyTo(_volume.AsSpan(at));
        if (at == 0) _further = null;
        if (bars._further is not null || _further is not null) WriteFurther(at, bars);
        _count = at + bars.Count;
        _highest = _lowest = double.NaN;
    }

    // Writes one bar, alone; only into one that was made empty.
    internal void Write(in Bar bar)
    {
        (_time[0], _open[0], _high[0], _low[0], _close[0], _volume[0]) = (bar.Time, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume);
        _further = bar.Further is { } further
            ? new FurtherColumns(further.NamesArray, Array.ConvertAll(further.Values.ToArray(), v => new[] { v })) : null;
        _count = 1;
        _highest = _lowest = double.NaN;
    }

    private void WriteFurther(int at, BarBlock bars)
    {
        var (own, added) = (_further, bars._further);
        string[] names = own is null ? added!.NamesArray : added is null ? own.NamesArray
            : [.. own.Names.Union(added.Names, StringComparer.Ordinal)];
        if (own is null || names.Length != own.Count)
        {
            var columns = Array.ConvertAll(names, _ => new double[_time.Length]);
            for (var c = 0; c < names.Length; c++)
                if (own?.IndexOf(names[c]) is >= 0 and var before) own.Column(before).AsSpan(0, at).CopyTo(columns[c]);
                else columns[c].AsSpan(0, at).Fill(double.NaN);
            _further = own = new FurtherColumns(names, columns);
        }
        for (var c = 0; c < own.Count; c++)
            if (added?.IndexOf(own.Names[c]) is >= 0 and var from)
                added.Column(from).AsSpan(0, bars.Count).CopyTo(own.Column(c).AsSpan(at));
            else own.Column(c).AsSpan(at, bars.Count).Fill(double.NaN);
    }

    /// <summary>A block from bars in row form.</summary>
    public static BarBlock FromBars(long firstIndex, ReadOnlySpan<Bar> bars)
    {
        var n = bars.Length;
        var (t, o, h, l, c, v) = (new long[n], new double[n], new double[n], new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
            (t[i], o[i], h[i], l[i], c[i], v[i]) = (bars[i].Time, bars[i].Open, bars[i].High, bars[i].Low, bars[i].Close, bars[i].Volume);
        return new BarBlock(firstIndex, t, o, h, l, c, v) { _further = FurtherColumns.FromBars(bars) };
    }

    /// <summary>The same bars under other numbers; their columns are shared.</summary>
    /// <param name="firstIndex">The number of bars before this block in the feed that it is to belong to.</param>
    public BarBlock Renumbered(long firstIndex) =>
        new(firstIndex, _time, _open, _high, _low, _close, _volume) { _further = _further };

    /// <summary>The same bars with other further columns; the bars' own columns are shared.</summary>
    /// <exception cref="ArgumentException">The columns have a different number of bars.</exception>
    public BarBlock With(FurtherColumns? further) =>
        new(FirstIndex, _time, _open, _high, _low, _close, _volume) { Further = further };

    /// <summary>The bars from <paramref name="start"/>, as a block of their own (a copy).</summary>
    public BarBlock Slice(int start, int count) => new(
        FirstIndex + start, _time.AsSpan(start, count).ToArray(), _open.AsSpan(start, count).ToArray(),
        _high.AsSpan(start, count).ToArray(), _low.AsSpan(start, count).ToArray(),
        _close.AsSpan(start, count).ToArray(), _volume.AsSpan(start, count).ToArray())
    { _further = _further?.Slice(start, count) };
}
