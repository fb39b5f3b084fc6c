using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Smoothed product of the close's change and the volume behind it.</summary>
[Factor("force-index", "Force index: exponential average of the close's change times volume.",
    Formula = "ema((close − close[1]) · volume, n)", Source = "Elder 1993; Stock.Indicators", Range = "price · volume")]
public sealed class ForceIndex([Range(1, 10_000)] int n = 2) : FactorKernel
{
    private ExponentialAverage _average = new(n);
    private double _previous = double.NaN;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var force = (close[i] - _previous) * volume[i];
            _previous = close[i];
            result[i] = double.IsNaN(force) ? double.NaN : _average.Next(force);
        }
    }
}
