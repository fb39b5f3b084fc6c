using System.Numerics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Williams' ultimate oscillator: buying pressure over three spans.</summary>
[Factor("ultimate", "Ultimate oscillator: buying pressure in proportion to true range, over three spans.",
    Formula = "100 · (4 · a1 + 2 · a2 + a3) / 7, a = Σ (close − min(low, close[1])) / Σ true-range over each span",
    Source = "Williams 1985; Stock.Indicators", Range = "0 … 100", Undefined = "while nothing moved over the shortest span")]
internal sealed class Ultimate([Range(1, 10_000)] int first = 7, [Range(1, 10_000)] int second = 14, [Range(1, 10_000)]
    int third = 28) : ChunkedKernel
{
    private readonly double[] _pressure = new double[Longest], _range = new double[Longest], _sum = new double[Longest],
        _sumOfRanges = new double[Longest];
    private RollingSumPair _first = new(first), _second = new(second), _third = new(third);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => Math.Max(first, Math.Max(second, third)) + 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        var pressure = _pressure.AsSpan(0, result.Length);
        var range = _range.AsSpan(0, result.Length);
        var sum = _sum.AsSpan(0, result.Length);
        var sumOfRanges = _sumOfRanges.AsSpan(0, result.Length);
        // The feed's first bar has no close before it, and neither pressure nor range.
        var from = double.IsNaN(_previous) ? 1 : 0;
        pressure[0] = range[0] = 0;
        for (var i = from; i < close.Length; i++)
        {
            var before = i > 0 ? close[i - 1] : _previous;
            var bottom = double.MinNative(low[i], before);
            pressure[i] = close[i] - bottom;
            range[i] = double.MaxNative(high[i], before) - bottom;
        }
        _previous = close[^1];
        result.Clear();
        _first.Next(pressure, range, sum, sumOfRanges);
        Weigh(4, sum, sumOfRanges, result);
        _second.Next(pressure, range, sum, sumOfRanges);
        Weigh(2, sum, sumOfRanges, result);
        _third.Next(pressure, range, sum, sumOfRanges);
        Weigh(1, sum, sumOfRanges, result);
        for (var i = 0; i < result.Length; i++) result[i] = 100 * result[i] / 7;
        Blank(result, ref _seen, WarmUp);
    }

    // Adds the buying pressure over a span, multiplied by a weight.
    private static void Weigh(double weight, ReadOnlySpan<double> sum, ReadOnlySpan<double> sumOfRanges, Span<double> result)
    {
        var i = 0;
        for (; i <= result.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(result[i..])
                + new Vector<double>(sum[i..]) / new Vector<double>(sumOfRanges[i..]) * weight).CopyTo(result[i..]);
        for (; i < result.Length; i++) result[i] += sum[i] / sumOfRanges[i] * weight;
    }
}
