using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volumes;

/// <summary>Smoothed product of the close's change and the volume behind it.</summary>
[Factor("force-index", "Force index: exponential average of the close's change times volume.",
    Formula = "ema((close − close[1]) · volume, n)", Source = "Elder 1993; Stock.Indicators", Range = "price · volume")]
internal sealed class ForceIndex([Range(1, 10_000)] int n = 2) : FactorKernel
{
    private ExponentialAverage _average = new(n);
    private double _previous = double.NaN;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        result[0] = (close[0] - _previous) * volume[0];
        for (var i = 1; i < close.Length; i++) result[i] = (close[i] - close[i - 1]) * volume[i];
        _previous = close[^1];
        // The feed's first bar has no change: NaN, and not for the average.
        var from = double.IsNaN(result[0]) ? 1 : 0;
        _average.Next(result[from..], result[from..]);
    }
}
