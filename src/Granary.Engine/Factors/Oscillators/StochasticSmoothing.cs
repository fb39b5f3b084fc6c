using Granary.Engine.Factors.Kernels;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>The two averages that turn raw values of a stochastic oscillator into its lines %K and %D.</summary>
/// <param name="smooth">Raw values in %K.</param>
/// <param name="signal">Values of %K in %D.</param>
/// <param name="warmUp">The first bar with a raw value, counted from 1.</param>
internal sealed class StochasticSmoothing(int smooth, int signal, int warmUp)
{
    private RollingFold<Total> _raw = new(smooth), _k = new(signal);
    private long _seen;

    /// <summary>Bars so far.</summary>
    public long Seen => _seen;

    /// <param name="k">In: raw values. Out: %K, NaN until it is warm.</param>
    /// <param name="d">Out: %D, NaN until it is warm.</param>
    public void Apply(Span<double> k, Span<double> d)
    {
        var from = FactorKernel.Cold(k.Length, _seen, warmUp);
        _raw.Next(k[from..], k[from..]);
        for (var i = from; i < k.Length; i++) k[i] /= smooth;
        from = FactorKernel.Cold(k.Length, _seen, warmUp + smooth - 1);
        _k.Next(k[from..], d[from..]);
        for (var i = from; i < d.Length; i++) d[i] /= signal;
        FactorKernel.Blank(k, _seen, warmUp + smooth - 1);
        FactorKernel.Blank(d, ref _seen, warmUp + smooth + signal - 2);
    }
}
