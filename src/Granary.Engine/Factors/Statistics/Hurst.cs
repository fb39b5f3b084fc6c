using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Rolling Hurst exponent by rescaled range.</summary>
[Factor("hurst",
    "Hurst exponent of the last n one-bar logarithmic returns by rescaled range: above 0.5 the market persists, below it reverts.",
    Formula = "slope of log₁₀(mean R/S) over log₁₀(length), the n returns cut into 1, 2, 4 … 32 equal parts of at least 8",
    Source = "Hurst 1951, Mandelbrot; Stock.Indicators", Range = "about 0 … 1",
    Undefined = "while all returns of one of the parts are equal")]
internal sealed class Hurst([Range(20, 10_000)] int n = 100) : FactorKernel
{
    private readonly double[] _logSize = new double[6], _logRange = new double[6];
    private ReturnWindow _returns = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++) result[i] = _returns.Add(close[i]) ? Exponent(_returns.Values) : double.NaN;
    }

    private double Exponent(ReadOnlySpan<double> values)
    {
        var sets = 0;
        for (var parts = 1; parts <= 32 && n / parts >= 8; parts *= 2, sets++)
        {
            var size = n / parts;
            var sum = 0.0;
            for (var start = n - size * parts; start < n; start += size) sum += RescaledRange(values.Slice(start, size));
            _logSize[sets] = Math.Log10(size);
            _logRange[sets] = Math.Log10(sum / parts);
        }
        double meanX = 0, meanY = 0;
        for (var k = 0; k < sets; k++)
        {
            meanX += _logSize[k];
            meanY += _logRange[k];
        }
        meanX /= sets;
        meanY /= sets;
        double xx = 0, xy = 0;
        for (var k = 0; k < sets; k++)
        {
            xx += (_logSize[k] - meanX) * (_logSize[k] - meanX);
            xy += (_logSize[k] - meanX) * (_logRange[k] - meanY);
        }
        return xy / xx;
    }

    private static double RescaledRange(ReadOnlySpan<double> values)
    {
        var mean = 0.0;
        foreach (var value in values) mean += value;
        mean /= values.Length;
        double sum = 0, least = double.MaxValue, most = double.MinValue, squares = 0;
        foreach (var value in values)
        {
            var deviation = value - mean;
            sum += deviation;
            least = double.MinNative(least, sum);
            most = double.MaxNative(most, sum);
            squares += deviation * deviation;
        }
        var variance = squares / values.Length;
        return Variation.IsNoneSquared(variance, Variation.OfReturns) ? double.NaN : (most - least) / Math.Sqrt(variance);
    }
}
