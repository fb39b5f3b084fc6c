using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The next bars for a kernel: at least one, oldest first.</summary>
public readonly ref struct FactorInput
{
    private readonly double[][]? _references;
    private readonly int _start;

    /// <param name="references">
    /// For each of the kernel's <see cref="FactorKernel.ReferenceSymbols"/>, its close as known at each bar of the block.
    /// </param>
    public FactorInput(BarBlock block, int start, int count, double[][]? references = null)
    {
        _references = references;
        _start = start;
        Time = block.Time.Slice(start, count);
        Open = block.Open.Slice(start, count);
        High = block.High.Slice(start, count);
        Low = block.Low.Slice(start, count);
        Close = block.Close.Slice(start, count);
        Volume = block.Volume.Slice(start, count);
    }

    /// <summary>Creates the input of one bar from columns of length one, without a block.</summary>
    internal FactorInput(long[] time, double[] open, double[] high, double[] low, double[] close, double[] volume, double[][]? references)
    {
        _references = references;
        Time = time;
        Open = open;
        High = high;
        Low = low;
        Close = close;
        Volume = volume;
    }

    private FactorInput(scoped in FactorInput whole, int start, int count)
    {
        _references = whole._references;
        _start = whole._start + start;
        Time = whole.Time.Slice(start, count);
        Open = whole.Open.Slice(start, count);
        High = whole.High.Slice(start, count);
        Low = whole.Low.Slice(start, count);
        Close = whole.Close.Slice(start, count);
        Volume = whole.Volume.Slice(start, count);
    }

    /// <summary>Open times of the bars, UTC ticks.</summary>
    public ReadOnlySpan<long> Time { get; }

    /// <summary>Opening prices.</summary>
    public ReadOnlySpan<double> Open { get; }

    /// <summary>Highest prices.</summary>
    public ReadOnlySpan<double> High { get; }

    /// <summary>Lowest prices.</summary>
    public ReadOnlySpan<double> Low { get; }

    /// <summary>Closing prices.</summary>
    public ReadOnlySpan<double> Close { get; }

    /// <summary>Traded volume, in the unit of the source.</summary>
    public ReadOnlySpan<double> Volume { get; }

    /// <summary>The number of bars.</summary>
    public int Count => Time.Length;

    /// <summary>The last known close of another symbol when each of these bars closed; NaN before its first bar.</summary>
    public ReadOnlySpan<double> Reference(int index) =>
        (_references ?? throw new InvalidOperationException("this feed carries no other symbol"))[index].AsSpan(_start, Time.Length);

    /// <summary>Returns <paramref name="count"/> bars from <paramref name="start"/> on.</summary>
    public FactorInput Slice(int start, int count) => new(this, start, count);
}

/// <summary>Buffer into which a kernel writes its lines: one value for each bar of the input.</summary>
public readonly ref struct FactorOutput(double[][] lines, int start, int count, int firstLine = 0)
{
    private readonly double[][] _lines = lines;
    private readonly int _start = start, _count = count, _first = firstLine;

    /// <summary>Line number <paramref name="line"/>, in the order of <see cref="FactorAttribute.Lines"/>.</summary>
    public Span<double> this[int line] => _lines[_first + line].AsSpan(_start, _count);

    /// <summary>Returns the part of the output for the bars from <paramref name="start"/>.</summary>
    public FactorOutput Slice(int start, int count) => new(_lines, _start + start, count, _first);

    /// <summary>Returns an output whose first line is one of these lines, for a kernel that writes only that one.</summary>
    internal FactorOutput Only(int line) => new(_lines, _start, _count, _first + line);
}
