using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis.Resampling;

/// <summary>
/// The position size, as a multiple of the actual one, from which on a path is ruined. The logarithm of the equity ∏(1 + m·r) is concave in
/// the size m, and zero at m = 0. A path that is ruined at one size is therefore ruined at each larger one, and bisection finds the limit.
/// </summary>
internal static class CriticalSize
{
    /// <summary>No path is examined at larger or smaller sizes.</summary>
    public const double Largest = 1024, Smallest = 1.0 / 1024;

    // A pass divides the interval by the number of sizes and one; three passes leave 20/17³ octaves, 0.3 %.
    private const int Together = 16, Passes = 3;

    // After the loss that counts as ruin the equity does not matter any more; without a floor it would become a slow denormal number.
    private const double Floor = 1e-60;

    private static readonly double[][] _steps = [.. Enumerable.Range(0, Passes).Select(StepsOf)];

    /// <summary>
    /// The largest size tried at which the equity stays above the level; <see cref="Smallest"/> if it does at none,
    /// <see cref="double.PositiveInfinity"/> if it does at each.
    /// </summary>
    /// <param name="returns">In the order of the path, fractions.</param>
    /// <param name="level">As a fraction of the start, between 0 and 1.</param>
    public static double Of(ReadOnlySpan<double> returns, double level)
    {
        var size = Smallest;
        var isTop = true;
        Span<double> sizes = stackalloc double[Together];
        for (var pass = 0; pass < Passes; pass++)
        {
            for (var k = 0; k < Together; k++) sizes[k] = size * _steps[pass][k];
            var survived = Survived(returns, level, sizes);
            if (survived > 0) size = sizes[survived - 1];
            isTop &= survived == Together;
        }
        return isTop ? double.PositiveInfinity : size;
    }

    // [Together]: multiples of the lower end of a pass's interval, ascending.
    private static double[] StepsOf(int pass)
    {
        var octaves = PortableMath.Log(Largest / Smallest);
        for (var i = 0; i <= pass; i++) octaves /= Together + 1;
        return [.. Enumerable.Range(1, Together).Select(k => PortableMath.Exp(k * octaves))];
    }

    // The number of sizes at which the equity stays above the level. It is fully optimised at the first call, as other code of vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Survived(ReadOnlySpan<double> returns, double level, ReadOnlySpan<double> sizes)
    {
        var one = Vector256.Create(1.0);
        var floor = Vector256.Create(Floor);
        var (m0, m1, m2, m3) = (Vector256.Create(sizes), Vector256.Create(sizes[4..]), Vector256.Create(sizes[8..]),
            Vector256.Create(sizes[12..]));
        var (w0, w1, w2, w3) = (one, one, one, one);
        var (least0, least1, least2, least3) = (one, one, one, one);
        foreach (var value in returns)
        {
            var r = Vector256.Create(value);
            w0 = Vector256.MaxNative(w0 * (one + m0 * r), floor);
            w1 = Vector256.MaxNative(w1 * (one + m1 * r), floor);
            w2 = Vector256.MaxNative(w2 * (one + m2 * r), floor);
            w3 = Vector256.MaxNative(w3 * (one + m3 * r), floor);
            least0 = Vector256.MinNative(least0, w0);
            least1 = Vector256.MinNative(least1, w1);
            least2 = Vector256.MinNative(least2, w2);
            least3 = Vector256.MinNative(least3, w3);
        }
        var limit = Vector256.Create(level);
        return Count(least0, limit) + Count(least1, limit) + Count(least2, limit) + Count(least3, limit);
    }

    private static int Count(Vector256<double> least, Vector256<double> level) =>
        System.Numerics.BitOperations.PopCount(Vector256.GreaterThan(least, level).ExtractMostSignificantBits());
}
