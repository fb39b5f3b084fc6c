using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>A number as the unevaluated sum of two doubles, some 106 bits: what running sums of prices that are not decimal are kept in.</summary>
/// <remarks>Dekker 1971; Knuth's two-sum.</remarks>
public readonly record struct DoubleDouble(double High, double Low)
{
    public double Value => High + Low;

    /// <summary>The exact product of two doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Product(double a, double b)
    {
        var p = a * b;
        return new DoubleDouble(p, Math.FusedMultiplyAdd(a, b, -p));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator +(DoubleDouble a, double b)
    {
        var sum = a.High + b;
        var t = sum - a.High;
        return Normal(sum, (a.High - (sum - t)) + (b - t) + a.Low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var sum = a.High + b.High;
        var t = sum - a.High;
        return Normal(sum, (a.High - (sum - t)) + (b.High - t) + (a.Low + b.Low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + new DoubleDouble(-b.High, -b.Low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble operator *(DoubleDouble a, double b)
    {
        var p = Product(a.High, b);
        return Normal(p.High, p.Low + a.Low * b);
    }

    /// <summary>The quotient, rounded once but for the rarest of halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double DividedBy(double divisor)
    {
        var quotient = High / divisor;
        return quotient + (Math.FusedMultiplyAdd(-quotient, divisor, High) + Low) / divisor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Normal(double sum, double error)
    {
        var high = sum + error;
        return new DoubleDouble(high, error - (high - sum));
    }
}
