using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>Losses in the tail of a return distribution.</summary>
internal static class TailRisk
{
    /// <summary>Historical value at risk and expected shortfall.</summary>
    /// <param name="returns">Fractions, in any order.</param>
    /// <param name="tail">The share of periods in the tail, as 0.05.</param>
    /// <returns>
    /// Positive fractions: −q, and minus the mean of the returns at or below q, where q is the quantile with linear interpolation; NaN
    /// without returns or with an undefined one.
    /// </returns>
    public static (double ValueAtRisk, double ExpectedShortfall) Historical(ReadOnlySpan<double> returns, double tail)
    {
        if (returns.Length == 0) return (double.NaN, double.NaN);
        var sorted = returns.ToArray();
        Array.Sort(sorted); // NaN sorts first
        if (double.IsNaN(sorted[0])) return (double.NaN, double.NaN);
        var quantile = Quantile.Linear(sorted, tail);
        double sum = 0;
        var count = 0;
        while (count < sorted.Length && sorted[count] <= quantile) sum += sorted[count++];
        return (-quantile, -sum / count);
    }
}
