using Granary.Engine.Market;

namespace Granary.Engine.Factors.Kernels;

/// <summary>A factor of the highest high and the lowest low of the last bars.</summary>
/// <param name="n">Bars, this one included.</param>
internal abstract class PriceRangeKernel(int n) : ChunkedKernel
{
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private readonly double[] _scratch = new double[Longest];
    private long _seen;

    public sealed override int WarmUp => n;

    protected sealed override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var lowest = _scratch.AsSpan(0, result.Length);
        _highest.Next(bars.High, result);
        _lowest.Next(bars.Low, lowest);
        Combine(bars.Close, result, lowest);
        Blank(result, ref _seen, WarmUp);
    }

    /// <summary>Writes the factor's values over the highest highs.</summary>
    protected abstract void Combine(ReadOnlySpan<double> close, Span<double> highest, ReadOnlySpan<double> lowest);
}
