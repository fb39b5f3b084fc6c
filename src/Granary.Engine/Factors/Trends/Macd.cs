using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Moving average convergence divergence of the close.</summary>
[Factor("macd", "Difference of two exponential averages, with its own average as signal.", Lines = ",signal,histogram",
    Formula = "ema(fast) − ema(slow); signal = ema(signal) of it; histogram = macd − signal", Source = "Appel 1979; Stock.Indicators",
    Range = "price difference")]
public sealed class Macd([Range(1, 1_000)] int fast = 12, [Range(2, 2_000)] int slow = 26, [Range(1, 1_000)] int signal = 9) : FactorKernel
{
    private ExponentialAverage _fast = new(fast), _slow = new(slow), _signal = new(signal);

    public override int WarmUp => Math.Max(fast, slow);

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var line = lines[0];
        var average = lines[1];
        var histogram = lines[2];
        for (var i = 0; i < bars.Count; i++)
        {
            var difference = _fast.Next(bars.Close[i]) - _slow.Next(bars.Close[i]);
            line[i] = difference;
            average[i] = double.IsNaN(difference) ? double.NaN : _signal.Next(difference);
            histogram[i] = difference - average[i];
        }
    }
}
