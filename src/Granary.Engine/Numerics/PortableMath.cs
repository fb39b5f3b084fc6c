using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Numerics;

/// <summary>
/// Exponential and logarithm from IEEE additions, multiplications and fused multiply-adds only, so training and prediction
/// give the same bits on every processor and operating system (Math.Exp is whatever the C library of the machine does).
/// Relative error below 2e-16 · 2; the scalar and the vector form agree to the bit.
/// </summary>
internal static class PortableMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.693147180559945309417232121458;
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Shift = 6755399441055744.0; // 1.5 · 2^52: adding it rounds to an integer in the low bits

    // 1/k!, k = 13 … 2: enough for |r| ≤ ln2/2.
    private const double C13 = 1.0 / 6227020800, C12 = 1.0 / 479001600, C11 = 1.0 / 39916800, C10 = 1.0 / 3628800, C9 = 1.0 / 362880,
        C8 = 1.0 / 40320, C7 = 1.0 / 5040, C6 = 1.0 / 720, C5 = 1.0 / 120, C4 = 1.0 / 24, C3 = 1.0 / 6, C2 = 0.5;

    /// <summary>e^x, with x held to −708 … 709: never zero, never infinite. NaN gives NaN.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        x = x < -708 ? -708 : x > 709 ? 709 : x;
        var shifted = Math.FusedMultiplyAdd(x, Log2E, Shift);
        var k = shifted - Shift;
        var r = Math.FusedMultiplyAdd(k, -Ln2High, x);
        r = Math.FusedMultiplyAdd(k, -Ln2Low, r);
        var p = Math.FusedMultiplyAdd(C13, r, C12);
        p = Math.FusedMultiplyAdd(p, r, C11);
        p = Math.FusedMultiplyAdd(p, r, C10);
        p = Math.FusedMultiplyAdd(p, r, C9);
        p = Math.FusedMultiplyAdd(p, r, C8);
        p = Math.FusedMultiplyAdd(p, r, C7);
        p = Math.FusedMultiplyAdd(p, r, C6);
        p = Math.FusedMultiplyAdd(p, r, C5);
        p = Math.FusedMultiplyAdd(p, r, C4);
        p = Math.FusedMultiplyAdd(p, r, C3);
        p = Math.FusedMultiplyAdd(p, r, C2);
        p = Math.FusedMultiplyAdd(p, r, 1.0);
        p = Math.FusedMultiplyAdd(p, r, 1.0);
        var exponent = BitConverter.DoubleToInt64Bits(shifted) << 52;
        return BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(p) + exponent);
    }

    /// <summary>Four exponentials; each lane as <see cref="Exp(double)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        var held = Vector256.Min(Vector256.Max(x, Vector256.Create(-708.0)), Vector256.Create(709.0));
        var shifted = Vector256.FusedMultiplyAdd(held, Vector256.Create(Log2E), Vector256.Create(Shift));
        var k = shifted - Vector256.Create(Shift);
        var r = Vector256.FusedMultiplyAdd(k, Vector256.Create(-Ln2High), held);
        r = Vector256.FusedMultiplyAdd(k, Vector256.Create(-Ln2Low), r);
        var p = Vector256.FusedMultiplyAdd(Vector256.Create(C13), r, Vector256.Create(C12));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C11));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C10));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C9));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C8));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C7));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C6));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C5));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C4));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C3));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(C2));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        var power = (p.AsInt64() + Vector256.ShiftLeft(shifted.AsInt64(), 52)).AsDouble();
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), power, x);
    }

    /// <summary>The natural logarithm; of zero −∞, of a negative number NaN. (fdlibm's e_log.)</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0) return double.NaN;
        if (x == 0) return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x)) return x;
        var k = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0; // 2^54
            k = -54;
        }
        var bits = BitConverter.DoubleToInt64Bits(x);
        k += (int)(bits >> 52) - 1023;
        var mantissa = bits & 0x000F_FFFF_FFFF_FFFF;
        // Into [√½, √2).
        var upper = mantissa >= 0x6_A09E_667F_3BCD;
        if (upper) k++;
        var m = BitConverter.Int64BitsToDouble(mantissa | (upper ? 0x3FE0_0000_0000_0000 : 0x3FF0_0000_0000_0000));
        var f = m - 1;
        var s = f / (2 + f);
        var z = s * s;
        var w = z * z;
        var t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
        var t2 = z * (6.666666666666735130e-01
            + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
        var half = 0.5 * f * f;
        return k * Ln2High - ((half - (s * (half + t1 + t2) + k * Ln2Low)) - f);
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static double Sigmoid(double x) => 1 / (1 + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sigmoid(Vector256<double> x) => Vector256<double>.One / (Vector256<double>.One + Exp(-x));

    /// <summary>Hyperbolic tangent as 2·sigmoid(2x) − 1: absolute error below 3e-16.</summary>
    public static double Tanh(double x) => 2 / (1 + Exp(-2 * x)) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Tanh(Vector256<double> x) =>
        Vector256.Create(2.0) / (Vector256<double>.One + Exp(x * Vector256.Create(-2.0))) - Vector256<double>.One;

    /// <summary>ln(1 + e^x) without overflow: the logistic loss of a score.</summary>
    public static double Softplus(double x) => x > 0 ? x + Log(1 + Exp(-x)) : Log(1 + Exp(x));

    /// <summary>Natural logarithm of a positive, normal number, from a series; good to about 1e-15.</summary>
    /// <remarks>
    /// Generated markets, and the digests of runs over them, depend on its last bit, which differs from <see cref="Log"/>'s.
    /// </remarks>
    public static double SeriesLog(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | 0x3FF0000000000000L);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            exponent++;
        }
        // ln m = 2 artanh s, and |s| is at most 0.172.
        var s = (m - 1) / (m + 1);
        var z = s * s;
        var sum = 0.0;
        for (var k = 23; k >= 1; k -= 2) sum = sum * z + 1.0 / k;
        return exponent * Ln2 + 2 * s * sum;
    }

    /// <summary>e^x for |x| below 700, from a series; good to about 1e-15. See <see cref="SeriesLog"/>.</summary>
    public static double SeriesExp(double x)
    {
        var k = Math.Floor(x / Ln2 + 0.5);
        var r = x - k * Ln2High - k * Ln2Low;
        var sum = 1.0;
        for (var n = 16; n >= 1; n--) sum = 1 + sum * r / n;
        return sum * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }
}
