using System.Numerics;
using System.Runtime.InteropServices;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Kaufman's adaptive moving average of the close.</summary>
[Factor("kama", "Kaufman's adaptive moving average: quick where the close runs straight, slow where it wavers.",
    Formula = "k + s² · (close − k), s = efficiency(n) · (2/(fast+1) − 2/(slow+1)) + 2/(slow+1), from the n-th close; the close itself "
        + "where nothing moved",
    Source = "Kaufman 1995; Stock.Indicators", Range = "price")]
internal sealed class Kama([Range(1, 10_000)] int n = 10, [Range(1, 1_000)] int fast = 2, [Range(1, 10_000)] int slow = 30) : ChunkedKernel
{
    private readonly double _fast = 2.0 / (fast + 1), _slow = 2.0 / (slow + 1);
    private readonly double[] _scratch = new double[Longest];
    private EfficiencyRatio _ratio = new(n);
    private double _average;
    private long _seen;

    public override int WarmUp => n;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        var part = _scratch.AsSpan(0, close.Length);
        // Where nothing moved the average is the close, as at the n-th close, which has no ratio yet.
        _ratio.Next(close, result, part, ifStill: double.NaN);
        Split(close, result, part);
        // k + s² · (close − k) as (1 − s²) · k + s² · close: one fused step waits for the last bar's.
        var average = _average;
        for (var i = 0; i < close.Length; i++) result[i] = average = Math.FusedMultiplyAdd(average, result[i], part[i]);
        _average = average;
        Blank(result, ref _seen, n);
    }

    /// <summary>Turns the ratios into 1 − s², and gives s² · close beside them.</summary>
    private void Split(ReadOnlySpan<double> close, Span<double> ratios, Span<double> parts)
    {
        ref var price = ref MemoryMarshal.GetReference(close);
        ref var first = ref MemoryMarshal.GetReference(ratios);
        ref var second = ref MemoryMarshal.GetReference(parts);
        var i = 0;
        for (; i <= ratios.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var ratio = Vector.LoadUnsafe(ref first, (nuint)i);
            var share = ratio * new Vector<double>(_fast - _slow) + new Vector<double>(_slow);
            var weight = Vector.ConditionalSelect(Vector.Equals(ratio, ratio), share * share, Vector<double>.One);
            (Vector<double>.One - weight).StoreUnsafe(ref first, (nuint)i);
            (weight * Vector.LoadUnsafe(ref price, (nuint)i)).StoreUnsafe(ref second, (nuint)i);
        }
        for (; i < ratios.Length; i++)
        {
            var share = ratios[i] * (_fast - _slow) + _slow;
            var weight = double.IsNaN(ratios[i]) ? 1 : share * share;
            ratios[i] = 1 - weight;
            parts[i] = weight * close[i];
        }
    }
}
