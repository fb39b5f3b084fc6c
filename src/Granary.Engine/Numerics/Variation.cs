using System.Runtime.CompilerServices;

namespace Granary.Engine.Numerics;

/// <summary>
/// Tells whether numbers vary, or differ only by the rounding of the computation that made them. It is the only such test: ratios, moments,
/// correlations, p-values, factors and scalers that divide by a deviation ask it first.
/// </summary>
/// <remarks>An undefined deviation (NaN) is not none: what is computed from it is undefined too, and not 0.</remarks>
internal static class Variation
{
    /// <summary>
    /// The magnitude of returns. A return is a quotient less 1, so it is rounded like 1, however small it is.
    /// </summary>
    public const double OfReturns = 1;

    // Some ten thousand units in the last place: more than a chain of additions loses, and less than a tick of any price.
    private const double Rounding = 1e-11;

    // The difference of two sums of squares loses what both have in common. A deviation of 3e-6 of the values is then rounding.
    private const double RoundingOfSums = 1e-11;

    /// <param name="deviation">Standard deviation, mean absolute deviation or range.</param>
    /// <param name="magnitude">The largest number of the computation: of the values themselves, or of what they were computed from.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNone(double deviation, double magnitude) => deviation <= Rounding * Math.Abs(magnitude);

    /// <inheritdoc cref="IsNone"/>
    /// <param name="variance">The mean of the squared deviations.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNoneSquared(double variance, double magnitude) => variance <= Rounding * Rounding * magnitude * magnitude;

    /// <summary>The same for a variance that is the difference of two sums, such as mean(x²) − mean(x)².</summary>
    /// <param name="meanSquare">The larger of the two: the mean of the squared values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNoneOfSums(double variance, double meanSquare) => variance <= RoundingOfSums * meanSquare;
}
