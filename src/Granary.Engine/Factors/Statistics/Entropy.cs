using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Rolling entropy of one-bar returns.</summary>
[Factor("entropy", "Shannon entropy of the last n one-bar logarithmic returns, in equal bins between the least and the greatest: 1 = "
    + "spread evenly, 0 = all in one.",
    Formula = "−Σ p · ln p / ln(bins), p = share of the returns in a bin; 0 where all are equal", Source = "Shannon 1948", Range = "0 … 1")]
internal sealed class Entropy([Range(4, 10_000)] int n = 60, [Range(2, 100)] int bins = 8) : FactorKernel
{
    private readonly int[] _counts = new int[bins];
    private readonly double[] _terms =
        [.. Enumerable.Range(0, n + 1).Select(c => c == 0 ? 0 : -(double)c / n * Math.Log((double)c / n) / Math.Log(bins))];
    private ReturnWindow _returns = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++) result[i] = _returns.Add(close[i]) ? Of(_returns.Values) : double.NaN;
    }

    private double Of(ReadOnlySpan<double> values)
    {
        var (least, most) = RollingWindow.Extremes(values);
        if (Variation.IsNone(most - least, Variation.OfReturns)) return 0;
        var scale = bins / (most - least);
        _counts.AsSpan().Clear();
        var counts = _counts.AsSpan();
        foreach (var value in values) counts[Math.Min(counts.Length - 1, (int)((value - least) * scale))]++;
        var sum = 0.0;
        foreach (var count in _counts) sum += _terms[count];
        return sum;
    }
}
