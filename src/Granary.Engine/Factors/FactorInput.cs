using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The next bars for a kernel: at least one, oldest first.</summary>
public readonly ref struct FactorInput
{
    private readonly double[][]? _references;
    private readonly FurtherColumns? _further;
    private readonly int _start;

    /// <param name="references">
    /// For each of the kernel's <see cref="FactorKernel.ReferenceSymbols"/>, its close as known at each bar of the block.
    /// </param>
    public FactorInput(BarBlock block, int start, int count, double[][]? references = null)
    {
        _references = references;
        _further = block.FurtherColumns;
        _start = start;
        Time = block.Time.Slice(start, count);
        Open = block.Open.Slice(start, count);
        High = block.High.Slice(start, count);
        Low = block.Low.Slice(start, count);
        Close = block.Close.Slice(start, count);
        Volume = block.Volume.Slice(start, count);
    }

    private FactorInput(scoped in FactorInput whole, int start, int count)
    {
        _references = whole._references;
        _further = whole._further;
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

    /// <summary>A copy of these bars as a block.</summary>
    /// <param name="firstIndex">The number of bars before them.</param>
    public BarBlock ToBlock(long firstIndex) =>
        new(firstIndex, Time.ToArray(), Open.ToArray(), High.ToArray(), Low.ToArray(), Close.ToArray(), Volume.ToArray())
        {
            Further = _further?.Slice(_start, Count),
        };

    internal Bar this[int index] => new(Time[index], Open[index], High[index], Low[index], Close[index], Volume[index])
    {
        Further = _further?.At(_start + index),
    };

    /// <summary>The last known close of another symbol when each of these bars closed; NaN before its first bar.</summary>
    public ReadOnlySpan<double> Reference(int index) =>
        (_references ?? throw new InvalidOperationException("this feed carries no other symbol"))[index].AsSpan(_start, Time.Length);

    /// <summary>Names of the further columns of these bars; empty if there are none.</summary>
    public IReadOnlyList<string> ColumnNames => _further?.Names ?? [];

    /// <summary>The values of a further column, NaN where a bar has none.</summary>
    /// <exception cref="InputException">The bars do not have the column.</exception>
    public ReadOnlySpan<double> Column(string name) => _further?.IndexOf(name) is >= 0 and var at
        ? _further[at].Slice(_start, Time.Length) : throw new InputException(FurtherNames.Unknown("the bars", name, ColumnNames));

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
