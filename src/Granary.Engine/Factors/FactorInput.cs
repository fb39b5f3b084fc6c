using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The bars that a kernel is shown next: as many as have come, one at the least, oldest first.</summary>
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

    /// <summary>One bar out of columns of length one, without a block around it.</summary>
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

    /// <summary>First prices.</summary>
    public ReadOnlySpan<double> Open { get; }

    /// <summary>Highest prices.</summary>
    public ReadOnlySpan<double> High { get; }

    /// <summary>Lowest prices.</summary>
    public ReadOnlySpan<double> Low { get; }

    /// <summary>Last prices.</summary>
    public ReadOnlySpan<double> Close { get; }

    /// <summary>What was traded, as the source counts it.</summary>
    public ReadOnlySpan<double> Volume { get; }

    /// <summary>How many bars.</summary>
    public int Count => Time.Length;

    /// <summary>The close of another symbol, as last known when each of these bars closed; NaN before its first.</summary>
    public ReadOnlySpan<double> Reference(int index) =>
        (_references ?? throw new InvalidOperationException("this feed carries no other symbol"))[index].AsSpan(_start, Time.Length);

    /// <summary>The run's bars from <paramref name="start"/>.</summary>
    public FactorInput Slice(int start, int count) => new(this, start, count);
}

/// <summary>Where a kernel writes its lines: as many values as bars it was shown.</summary>
public readonly ref struct FactorOutput(double[][] lines, int start, int count, int firstLine = 0)
{
    private readonly double[][] _lines = lines;
    private readonly int _start = start, _count = count, _first = firstLine;

    /// <summary>Line number <paramref name="line"/>, in the order of <see cref="FactorAttribute.Lines"/>.</summary>
    public Span<double> this[int line] => _lines[_first + line].AsSpan(_start, _count);

    /// <summary>Where the run's values from <paramref name="start"/> go.</summary>
    public FactorOutput Slice(int start, int count) => new(_lines, _start + start, count, _first);

    /// <summary>The output of a kernel that writes one of these lines as its own first.</summary>
    internal FactorOutput Only(int line) => new(_lines, _start, _count, _first + line);
}
