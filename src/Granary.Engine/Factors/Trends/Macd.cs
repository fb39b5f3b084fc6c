using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Moving average convergence divergence of the close.</summary>
[Factor("macd", "Difference of two exponential averages, with its own average as signal.", Lines = ",signal,histogram",
    Formula = "ema(fast) − ema(slow); signal = ema(signal) of it; histogram = macd − signal", Source = "Appel 1979; Stock.Indicators",
    Range = "price difference")]
internal sealed class Macd([Range(1, 1_000)] int fast = 12, [Range(2, 2_000)] int slow = 26, [Range(1, 1_000)] int signal = 9)
    : FactorKernel
{
    private ExponentialAverage _fast = new(fast), _slow = new(slow), _signal = new(signal);

    public override int WarmUp => Math.Max(fast, slow);

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var i = 0;
        for (; i < bars.Count && !(_signal.IsWarm && _fast.IsWarm && _slow.IsWarm); i++) Step(i, bars, lines);
        // The averages in registers, once they are warm: three chains that the processor runs side by side.
        var line = lines[0];
        var average = lines[1];
        var histogram = lines[2];
        var close = bars.Close;
        var (fastAverage, slowAverage, signalAverage) = (_fast, _slow, _signal);
        for (; i < close.Length; i++)
        {
            var difference = fastAverage.NextWarm(close[i]) - slowAverage.NextWarm(close[i]);
            line[i] = difference;
            var smooth = signalAverage.NextWarm(difference);
            average[i] = smooth;
            histogram[i] = difference - smooth;
        }
        (_fast, _slow, _signal) = (fastAverage, slowAverage, signalAverage);
    }

    private void Step(int i, in FactorInput bars, in FactorOutput lines)
    {
        var difference = _fast.Next(bars.Close[i]) - _slow.Next(bars.Close[i]);
        lines[0][i] = difference;
        lines[1][i] = double.IsNaN(difference) ? double.NaN : _signal.Next(difference);
        lines[2][i] = difference - lines[1][i];
    }
}
