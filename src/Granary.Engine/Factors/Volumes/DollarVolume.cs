using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volumes;

/// <summary>The average traded value of a bar.</summary>
[Factor("dollar-volume", "Average traded value over n bars, in the currency of the prices: close times volume.",
    Formula = "sum(close · volume, n) / n", Source = "textbook", Range = "0 …")]
internal sealed class DollarVolume([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingMean _mean = new(n, -1);
    private double[] _values = [];

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var volume = bars.Volume;
        if (_values.Length < close.Length) _values = new double[close.Length];
        for (var i = 0; i < close.Length; i++) _values[i] = close[i] * volume[i];
        _mean.Next(_values.AsSpan(0, close.Length), lines[0]);
    }
}
