using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>Base of the factors that are computed from the central moments of the last <c>n</c> one-bar returns.</summary>
internal abstract class ReturnShape(int n) : FactorKernel
{
    private ReturnWindow _returns = new(n);

    public override int WarmUp => n + 1;

    /// <param name="m2">Mean of the squared deviations, above 0.</param>
    /// <param name="m3">Mean of their cubes.</param>
    /// <param name="m4">Mean of their fourth powers.</param>
    protected abstract double Of(double m2, double m3, double m4);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            result[i] = double.NaN;
            if (!_returns.Add(close[i])) continue;
            var (m2, m3, m4) = RollingWindow.CentralMoments(_returns.Values);
            if (!Variation.IsNoneSquared(m2, Variation.OfReturns)) result[i] = Of(m2, m3, m4);
        }
    }
}
