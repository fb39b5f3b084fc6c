using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Plugins;

/// <summary>The place of the close between low and high, averaged over n bars.</summary>
/// <param name="n">Bars.</param>
[Factor("granary-plugin", "Place of the close between the bar's low and high, averaged over n bars.",
    Formula = "mean of (close − low) / (high − low) over n bars; 0.5 for a bar without a range", Range = "0 … 1")]
public sealed class GranaryPlugin([Range(1, 1_000)] int n = 5) : FactorKernel
{
    private readonly double[] _window = new double[n];
    private long _seen;

    public override int WarmUp => n;

    // Called with blocks of any length, and with one bar at a time live: the state is in the fields.
    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        for (var i = 0; i < result.Length; i++)
        {
            var range = bars.High[i] - bars.Low[i];
            _window[(int)(_seen++ % n)] = range > 0 ? (bars.Close[i] - bars.Low[i]) / range : 0.5;
            result[i] = _seen < n ? double.NaN : Mean();
        }
    }

    private double Mean()
    {
        var sum = 0.0;
        foreach (var value in _window) sum += value;
        return sum / n;
    }
}
