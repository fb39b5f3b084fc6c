using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The kernels of a feed: turns each block, in order, into a sheet.</summary>
internal sealed class FactorComputer
{
    private readonly FactorPlan _plan;
    private readonly FactorKernel[] _kernels;
    // Of each kernel: the lines of the sheet that was filled last, and the other symbols whose closes it reads.
    private readonly double[][][] _lines;
    private readonly string[][] _references;
    private FactorSheet? _sheet;

    public FactorComputer(FactorPlan plan, MarketSeries series)
    {
        _plan = plan;
        _kernels = [.. plan.Requests.Select(r => r.CreateKernel(series, plan.Supply) is var kernel && plan.Memory is { } memory
            ? memory.Of(r, kernel) : kernel)];
        _lines = [.. plan.Requests.Select(r => new double[r.Definition.Lines.Count][])];
        _references = [.. _kernels.Select(k => k.ReferenceSymbols.ToArray())];
    }

    /// <summary>Other symbols whose closes some kernel reads.</summary>
    public IEnumerable<string> ReferenceSymbols => _references.SelectMany(r => r).Distinct(StringComparer.Ordinal);

    /// <summary>Fills the sheet with the values over the next block.</summary>
    /// <param name="references">For each reference symbol, its close as known at each bar of the block.</param>
    public void Compute(BarBlock block, FactorSheet sheet, IReadOnlyDictionary<string, double[]>? references = null)
    {
        if (!ReferenceEquals(sheet, _sheet)) Bind(sheet);
        var input = new FactorInput(block, 0, block.Count);
        for (var k = 0; k < _kernels.Length; k++)
        {
            var output = new FactorOutput(_lines[k], 0, block.Count);
            if (_references[k].Length == 0) _kernels[k].Process(input, output);
            else _kernels[k].Process(new FactorInput(block, 0, block.Count, ClosesFor(k, references)), output);
        }
        for (var c = 0; c < _plan.Comparisons.Count; c++)
        {
            var comparison = _plan.Comparisons[c];
            var line = comparison.Line == Comparison.Close ? block.Close : sheet[comparison.Line].AsSpan(0, block.Count);
            var other = comparison.Other == Comparison.None ? [] : sheet[comparison.Other].AsSpan(0, block.Count);
            comparison.Read(line, other, sheet.Holds(c));
        }
    }

    private void Bind(FactorSheet sheet)
    {
        for (var k = 0; k < _lines.Length; k++)
            for (var line = 0; line < _lines[k].Length; line++)
                _lines[k][line] = sheet.Columns[_plan.FirstColumn(k) + line];
        _sheet = sheet;
    }

    private double[][] ClosesFor(int kernel, IReadOnlyDictionary<string, double[]>? references) =>
        Array.ConvertAll(_references[kernel], symbol => references is not null && references.TryGetValue(symbol, out var closes)
            ? closes
            : throw new InvalidOperationException($"{_plan.Requests[kernel].Key} reads {symbol}, which this feed does not carry"));
}
