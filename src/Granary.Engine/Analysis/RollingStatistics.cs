using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>Sharpe ratio, Sortino ratio and volatility over a moving window of returns.</summary>
/// <param name="Times">UTC ticks of the last return of each window.</param>
/// <param name="Sharpe">Annualised; NaN in a window without deviation, or with an undefined return.</param>
/// <param name="Sortino">Annualised; NaN in a window without a loss, or with an undefined return.</param>
/// <param name="Volatility">Annualised, ddof 1; NaN in a window with an undefined return, as after a total loss.</param>
internal sealed record RollingStatistics(long[] Times, double[] Sharpe, double[] Sortino, double[] Volatility)
{
    /// <param name="window">Returns in a window, at least 2.</param>
    /// <returns>Empty where the curve has fewer returns than the window.</returns>
    public static RollingStatistics Of(EquityCurve curve, int window, double periodsPerYear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        var returns = curve.Returns;
        var count = Math.Max(0, returns.Length - window + 1);
        var result = new RollingStatistics(new long[count], new double[count], new double[count], new double[count]);
        var root = Math.Sqrt(periodsPerYear);
        double sum = 0, squares = 0;
        for (var i = 0; i < returns.Length; i++)
        {
            if (i % 4096 == 0)
            {
                // Running sums drift; every few thousand steps they are summed again.
                (sum, squares) = (0, 0);
                for (var j = Math.Max(0, i - window); j < i; j++)
                {
                    sum += returns[j];
                    squares += returns[j] * returns[j];
                }
            }
            sum += returns[i];
            squares += returns[i] * returns[i];
            if (i >= window)
            {
                sum -= returns[i - window];
                squares -= returns[i - window] * returns[i - window];
            }
            if (i < window - 1) continue;
            var mean = sum / window;
            var variance = (squares - sum * mean) / (window - 1);
            // Below this the difference of the sums is nothing but rounding; the window is looked at again, exactly.
            // So it is after an undefined return, which stays in the sums.
            if (!(variance > 1e-9 * squares / window))
            {
                var exact = Moments.OfReturns(returns.Slice(i - window + 1, window));
                (mean, variance) = (exact.Mean, exact.SampleVariance);
            }
            var at = i - window + 1;
            result.Times[at] = curve.Times[i + 1];
            result.Volatility[at] = Math.Sqrt(variance) * root;
            result.Sharpe[at] = variance > 0 ? mean / Math.Sqrt(variance) * root : double.NaN;
            var downside = Downside(returns.Slice(at, window));
            result.Sortino[at] = Variation.IsNone(downside, Variation.OfReturns) ? double.NaN : mean / downside * root;
        }
        return result;
    }

    // Root of the mean of the squared losses, over all returns of the window.
    private static double Downside(ReadOnlySpan<double> returns)
    {
        double squares = 0;
        foreach (var r in returns)
            if (r < 0)
                squares += r * r;
        return Math.Sqrt(squares / returns.Length);
    }
}
