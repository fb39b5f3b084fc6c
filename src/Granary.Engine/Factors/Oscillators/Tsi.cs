using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>True strength index: twice smoothed momentum.</summary>
[Factor("tsi", "True strength index: twice smoothed change of the close in proportion to its twice smoothed size.", Lines = ",signal",
    Formula = "100 · ema(ema(Δ, n), smooth) / ema(ema(|Δ|, n), smooth); signal = ema(signal) of it", Source = "Blau 1991; Stock.Indicators",
    Range = "-100 … 100", Undefined = "until the close has moved")]
internal sealed class Tsi([Range(1, 10_000)] int n = 25, [Range(1, 10_000)] int smooth = 13, [Range(1, 10_000)] int signal = 7)
    : FactorKernel
{
    private ExponentialAverage _change1 = new(n), _change2 = new(smooth), _size1 = new(n), _size2 = new(smooth), _signal = new(signal);
    private double _previous = double.NaN;

    public override int WarmUp => n + smooth;

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var index = lines[0];
        var average = lines[1];
        for (var i = 0; i < close.Length; i++)
        {
            index[i] = average[i] = double.NaN;
            var change = close[i] - _previous;
            _previous = close[i];
            if (double.IsNaN(change)) continue;
            var change1 = _change1.Next(change);
            var size1 = _size1.Next(Math.Abs(change));
            if (double.IsNaN(change1)) continue;
            var change2 = _change2.Next(change1);
            var size2 = _size2.Next(size1);
            if (double.IsNaN(change2) || size2 <= 0) continue;
            index[i] = 100 * change2 / size2;
            average[i] = _signal.Next(index[i]);
        }
    }
}
