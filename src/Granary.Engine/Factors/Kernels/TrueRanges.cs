using System.Numerics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>A bar's range, the gap from the close before it included: of one bar, and of a run of bars.</summary>
internal static class TrueRanges
{
    public static double Of(double high, double low, double previousClose) =>
        double.MaxNative(high - low, double.MaxNative(Math.Abs(high - previousClose), Math.Abs(low - previousClose)));

    /// <summary>Of a run of bars; NaN where there is no close before.</summary>
    public static void Of(ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, double previousClose,
        Span<double> results)
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
}
