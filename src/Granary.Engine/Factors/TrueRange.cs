using System.Numerics;

namespace Granary.Engine.Factors;

/// <summary>The bar's range, the gap from the close before it included.</summary>
[Factor("true-range", "The bar's range, including the gap from the close before it.",
    Formula = "max(high, close[1]) − min(low, close[1])", Source = "Wilder 1978; Stock.Indicators", Range = "0 …")]
public sealed class TrueRange : FactorKernel
{
    private double _previous = double.NaN;

    public override int WarmUp => 2;

    internal static double Of(double high, double low, double previousClose) =>
        double.MaxNative(high - low, double.MaxNative(Math.Abs(high - previousClose), Math.Abs(low - previousClose)));

    /// <summary>Of a run of bars; NaN where there is no close before.</summary>
    internal static void Of(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, double previousClose, Span<double> results)
    {
        results[0] = double.IsNaN(previousClose) ? double.NaN : Of(high[0], low[0], previousClose);
        var i = 1;
        for (; i <= results.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var h = new Vector<double>(high[i..]);
            var l = new Vector<double>(low[i..]);
            var c = new Vector<double>(close[(i - 1)..]);
            Vector.MaxNative(h - l, Vector.MaxNative(Vector.Abs(h - c), Vector.Abs(l - c))).CopyTo(results[i..]);
        }
        for (; i < results.Length; i++) results[i] = Of(high[i], low[i], close[i - 1]);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        Of(bars.High, bars.Low, bars.Close, _previous, lines[0]);
        _previous = bars.Close[^1];
    }
}
