using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Williams' awesome oscillator: two averages of the bars' middles apart.</summary>
[Factor("awesome", "Awesome oscillator: difference of two simple averages of the bars' middles.",
    Formula = "sma(middle, fast) − sma(middle, slow), middle = (high + low) / 2", Source = "Williams; Stock.Indicators",
    Range = "price difference")]
internal sealed class Awesome([Range(1, 10_000)] int fast = 5, [Range(2, 10_000)] int slow = 34) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private RollingFold<Total> _fast = new(fast), _slow = new(slow);
    private long _seen;

    public override int WarmUp => Math.Max(fast, slow);

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var result = lines[0];
        var quick = _scratch.AsSpan(0, result.Length);
        for (var i = 0; i < high.Length; i++) quick[i] = (high[i] + low[i]) / 2;
        _slow.Next(quick, result);
        _fast.Next(quick, quick);
        for (var i = 0; i < high.Length; i++) result[i] = quick[i] / fast - result[i] / slow;
        Blank(result, ref _seen, WarmUp);
    }
}
