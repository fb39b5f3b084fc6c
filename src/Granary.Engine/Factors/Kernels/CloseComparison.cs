using Granary.Engine.Market;

namespace Granary.Engine.Factors.Kernels;

/// <summary>A factor that compares each close with a reference, such as an earlier close or an average of the bars.</summary>
/// <typeparam name="TReference">What gives the reference.</typeparam>
/// <param name="reference">Its state before the first bar.</param>
/// <param name="warmUp">The first bar with a reference, counted from 1.</param>
internal abstract class CloseComparison<TReference>(TReference reference, int warmUp) : FactorKernel
    where TReference : struct, IBarFold
{
    private TReference _reference = reference;

    public sealed override int WarmUp => warmUp;

    public sealed override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        _reference.Next(bars, result);
        Compare(bars.Close, result);
    }

    /// <summary>Writes the factor's values over the references.</summary>
    /// <param name="references">As many as there are closes.</param>
    protected abstract void Compare(ReadOnlySpan<double> close, Span<double> references);
}
