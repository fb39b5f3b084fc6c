using System.Numerics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Hull's moving average of the close.</summary>
[Factor("hma", "Hull's moving average of the close: quick, and smooth.",
    Formula = "wma(2 · wma(n/2) − wma(n), √n), both halves rounded down", Source = "Hull 2005; Stock.Indicators", Range = "price")]
internal sealed class Hma([Range(2, 10_000)] int n = 20) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private readonly int _last = (int)Math.Sqrt(n);
    private RollingWeightedSum _long = new(n), _half = new(n / 2), _smooth = new((int)Math.Sqrt(n));
    private long _seen;

    public override int WarmUp => n + _last - 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var half = _scratch.AsSpan(0, result.Length);
        _long.Next(bars.Close, result, []);
        _half.Next(bars.Close, half, []);
        // Sums of weights: 1 + 2 + … of each average.
        var weightOfLong = Weight(n) * Weight(_last);
        var weightOfHalf = Weight(n / 2) * Weight(_last) / 2;
        var i = 0;
        for (; i <= result.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var difference = new Vector<double>(half[i..]) / new Vector<double>(weightOfHalf)
                - new Vector<double>(result[i..]) / new Vector<double>(weightOfLong);
            difference.CopyTo(result[i..]);
        }
        for (; i < result.Length; i++) result[i] = half[i] / weightOfHalf - result[i] / weightOfLong;
        var from = Cold(result.Length, _seen, n);
        _smooth.Next(result[from..], result[from..], []);
        Blank(result, ref _seen, WarmUp);
    }

    private static double Weight(int n) => n * (n + 1.0) / 2;
}
