using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Numerics;

/// <summary>
/// Sums and products of columns in one fixed order: four lanes of four, then the lanes, then the rest. The order, and therefore the bits of
/// the result, do not depend on the processor's vector width.
/// </summary>
internal static class Dense
{
    /// <summary>Σ a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var n = a.Length;
        if (b.Length < n) throw new ArgumentException("the second vector is shorter than the first", nameof(b));
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var i = 0;
        var sum = Vector256<double>.Zero;
        if (n >= 16)
        {
            var (s0, s1, s2, s3) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
            for (; i <= n - 16; i += 16)
            {
                s0 = Vector256.FusedMultiplyAdd(Load(ref x, i), Load(ref y, i), s0);
                s1 = Vector256.FusedMultiplyAdd(Load(ref x, i + 4), Load(ref y, i + 4), s1);
                s2 = Vector256.FusedMultiplyAdd(Load(ref x, i + 8), Load(ref y, i + 8), s2);
                s3 = Vector256.FusedMultiplyAdd(Load(ref x, i + 12), Load(ref y, i + 12), s3);
            }
            sum = (s0 + s1) + (s2 + s3);
        }
        for (; i <= n - 4; i += 4) sum = Vector256.FusedMultiplyAdd(Load(ref x, i), Load(ref y, i), sum);
        var total = AddLanes(sum);
        for (; i < n; i++) total = Math.FusedMultiplyAdd(Unsafe.Add(ref x, i), Unsafe.Add(ref y, i), total);
        return total;
    }

    /// <summary>Σ a.</summary>
    public static double Sum(ReadOnlySpan<double> a)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        var i = 0;
        var sum = Vector256<double>.Zero;
        for (; i <= a.Length - 4; i += 4) sum += Load(ref x, i);
        var total = AddLanes(sum);
        for (; i < a.Length; i++) total += a[i];
        return total;
    }

    /// <summary>y += factor · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        var n = x.Length;
        if (y.Length < n) throw new ArgumentException("the target is shorter than the source", nameof(y));
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        var f = Vector256.Create(factor);
        var i = 0;
        for (; i <= n - 4; i += 4)
            Vector256.FusedMultiplyAdd(f, Load(ref a, i), Load(ref b, i)).StoreUnsafe(ref b, (nuint)i);
        for (; i < n; i++) Unsafe.Add(ref b, i) = Math.FusedMultiplyAdd(factor, Unsafe.Add(ref a, i), Unsafe.Add(ref b, i));
    }

    /// <summary>Σ (a − b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var n = a.Length;
        if (b.Length < n) throw new ArgumentException("the second vector is shorter than the first", nameof(b));
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var sum = Vector256<double>.Zero;
        var i = 0;
        for (; i <= n - 4; i += 4)
        {
            var d = Load(ref x, i) - Load(ref y, i);
            sum = Vector256.FusedMultiplyAdd(d, d, sum);
        }
        var total = AddLanes(sum);
        for (; i < n; i++)
        {
            var d = Unsafe.Add(ref x, i) - Unsafe.Add(ref y, i);
            total = Math.FusedMultiplyAdd(d, d, total);
        }
        return total;
    }

    /// <summary>Whether every value is finite.</summary>
    public static bool AllFinite(ReadOnlySpan<double> values)
    {
        ref var x = ref MemoryMarshal.GetReference(values);
        var i = 0;
        var sum = Vector256<double>.Zero;
        for (; i <= values.Length - 4; i += 4) sum += Load(ref x, i) * Vector256<double>.Zero;
        var total = AddLanes(sum);
        for (; i < values.Length; i++) total += values[i] * 0;
        return total == 0;
    }

    /// <summary>Four values from <paramref name="at"/> on; the caller checks the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(ref double origin, int at) => Vector256.LoadUnsafe(ref origin, (nuint)at);

    /// <summary>The sum of the four lanes, in the order of all sums here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AddLanes(Vector256<double> v) => (v.GetElement(0) + v.GetElement(1)) + (v.GetElement(2) + v.GetElement(3));
}
