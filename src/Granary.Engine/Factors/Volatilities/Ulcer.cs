using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Depth and duration of the drawdowns within the last bars.</summary>
[Factor("ulcer", "Ulcer index: root mean square of the drawdowns, in percent, from the highest close since the window began.",
    Formula = "√(Σ (100 · (close − max close so far) / max close so far)² / n)", Source = "Martin 1987; Stock.Indicators",
    Range = "0 …, percent")]
internal sealed class Ulcer([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private RollingWindow _window = new(n);

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            _window.Add(close[i]);
            result[i] = _window.IsFull ? Math.Sqrt(SumOfSquares(_window.Values) / n) : double.NaN;
        }
    }

    private static double SumOfSquares(ReadOnlySpan<double> closes)
    {
        var peak = closes[0];
        var inverse = 100 / peak;
        var sum = 0.0;
        foreach (var close in closes)
        {
            if (close > peak)
            {
                peak = close;
                inverse = 100 / peak;
            }
            var drawdown = (close - peak) * inverse;
            sum += drawdown * drawdown;
        }
        return sum;
    }
}
