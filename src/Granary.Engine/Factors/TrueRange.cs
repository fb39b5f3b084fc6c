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

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        result[0] = double.IsNaN(_previous) ? double.NaN : Of(high[0], low[0], _previous);
        for (var i = 1; i < close.Length; i++) result[i] = Of(high[i], low[i], close[i - 1]);
        _previous = close[^1];
    }
}
