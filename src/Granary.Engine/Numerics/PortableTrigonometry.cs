namespace Granary.Engine.Numerics;

/// <summary>
/// Sine and cosine from IEEE additions, multiplications and fused multiply-adds only, so simulations give the same bits on every
/// machine. Angles are in radians.
/// </summary>
/// <remarks>
/// Reduction by Cody and Waite with π/2 in three parts, then the polynomials of fdlibm's k_sin and k_cos. The error is below 2 units in
/// the last place for |x| below 100,000; beyond it grows with x.
/// </remarks>
internal static class PortableTrigonometry
{
    private const double TwoOverPi = 0.63661977236758134308;
    private const double Shift = 6755399441055744.0; // 1.5 · 2^52: adding it rounds to an integer in the low bits

    // π/2 = First + Second + Third, with 33, 33 and 53 bits.
    private const double First = 1.57079632673412561417e+00, Second = 6.07710050630396597660e-11, Third = 2.02226624879595063154e-21;

    public static double Sin(double x) => SinCos(x).Sin;

    public static double Cos(double x) => SinCos(x).Cos;

    /// <summary>Both at once; NaN for what is not finite.</summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        if (!double.IsFinite(x)) return (double.NaN, double.NaN);
        var shifted = Math.FusedMultiplyAdd(x, TwoOverPi, Shift);
        var k = shifted - Shift;
        var r = Math.FusedMultiplyAdd(k, -First, x);
        r = Math.FusedMultiplyAdd(k, -Second, r);
        r = Math.FusedMultiplyAdd(k, -Third, r);
        var (sin, cos) = (SmallSin(r), SmallCos(r));
        return (BitConverter.DoubleToInt64Bits(shifted) & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    // For |r| up to π/4.
    private static double SmallSin(double r)
    {
        var z = r * r;
        var p = Math.FusedMultiplyAdd(1.58969099521155010221e-10, z, -2.50507602534068634195e-08);
        p = Math.FusedMultiplyAdd(p, z, 2.75573137070700676789e-06);
        p = Math.FusedMultiplyAdd(p, z, -1.98412698298579493134e-04);
        p = Math.FusedMultiplyAdd(p, z, 8.33333333332248946124e-03);
        p = Math.FusedMultiplyAdd(p, z, -1.66666666666666324348e-01);
        return Math.FusedMultiplyAdd(p, z * r, r);
    }

    private static double SmallCos(double r)
    {
        var z = r * r;
        var p = Math.FusedMultiplyAdd(-1.13596475577881948265e-11, z, 2.08757232129817482790e-09);
        p = Math.FusedMultiplyAdd(p, z, -2.75573143513906633035e-07);
        p = Math.FusedMultiplyAdd(p, z, 2.48015872894767294178e-05);
        p = Math.FusedMultiplyAdd(p, z, -1.38888888888741095749e-03);
        p = Math.FusedMultiplyAdd(p, z, 4.16666666666666019037e-02);
        var half = 0.5 * z;
        var w = 1 - half;
        return w + ((1 - w - half) + p * (z * z));
    }
}
