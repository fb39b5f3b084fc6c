using Granary.Engine.Market;

namespace Granary.Engine.Factors.Kernels;

/// <summary>A factor that joins one price column of the last bars into one value.</summary>
/// <typeparam name="TFold">What joins them.</typeparam>
/// <param name="n">Bars, this one included.</param>
internal abstract class RollingPrice<TFold>(int n) : FactorKernel
    where TFold : struct, IFold
{
    private RollingFold<TFold> _window = new(n);
    private long _seen;

    public sealed override int WarmUp => n;

    public sealed override void Process(in FactorInput bars, in FactorOutput lines)
    {
        _window.Next(Column(bars), lines[0]);
        Blank(lines[0], ref _seen, WarmUp);
    }

    /// <summary>The price column that is joined.</summary>
    protected abstract ReadOnlySpan<double> Column(in FactorInput bars);
}
