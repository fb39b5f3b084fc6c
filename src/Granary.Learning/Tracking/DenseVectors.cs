using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Learning.Tracking;

/// <summary>
/// Products and sums of columns, always with four lanes and four accumulators in a fixed order, so every processor gives the same
/// bits.
/// </summary>
internal static class DenseVectors
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var n = (nuint)a.Length;
        if (b.Length < a.Length) throw new ArgumentException("the vectors differ in length", nameof(b));
        nuint i = 0;
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i + 16 <= n; i += 16)
        {
            s0 += Vector256.LoadUnsafe(ref x, i) * Vector256.LoadUnsafe(ref y, i);
            s1 += Vector256.LoadUnsafe(ref x, i + 4) * Vector256.LoadUnsafe(ref y, i + 4);
            s2 += Vector256.LoadUnsafe(ref x, i + 8) * Vector256.LoadUnsafe(ref y, i + 8);
            s3 += Vector256.LoadUnsafe(ref x, i + 12) * Vector256.LoadUnsafe(ref y, i + 12);
        }
        var s = s0 + s1 + (s2 + s3);
        for (; i + 4 <= n; i += 4) s += Vector256.LoadUnsafe(ref x, i) * Vector256.LoadUnsafe(ref y, i);
        var sum = s[0] + s[1] + (s[2] + s[3]);
        for (; i < n; i++) sum += a[(int)i] * b[(int)i];
        return sum;
    }

    public static double Norm(ReadOnlySpan<double> a) => Math.Sqrt(Dot(a, a));

    /// <summary>total += factor · values.</summary>
    public static void AddScaled(Span<double> total, ReadOnlySpan<double> values, double factor)
    {
        ref var x = ref MemoryMarshal.GetReference(total);
        ref var y = ref MemoryMarshal.GetReference(values);
        var n = (nuint)total.Length;
        if (values.Length < total.Length) throw new ArgumentException("the vectors differ in length", nameof(values));
        var f = Vector256.Create(factor);
        nuint i = 0;
        for (; i + 4 <= n; i += 4)
            (Vector256.LoadUnsafe(ref x, i) + f * Vector256.LoadUnsafe(ref y, i)).StoreUnsafe(ref x, i);
        for (; i < n; i++) total[(int)i] += factor * values[(int)i];
    }

    public static void Scale(Span<double> values, double factor)
    {
        for (var i = 0; i < values.Length; i++) values[i] *= factor;
    }

    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var v in values) sum += v;
        return sum / values.Length;
    }

    /// <summary>Returns the norm of a centred column; zero if the column is constant up to rounding.</summary>
    public static double CentredNorm(ReadOnlySpan<double> centred, ReadOnlySpan<double> original)
    {
        var norm = Norm(centred);
        return norm <= 1e-14 * Norm(original) ? 0 : norm;
    }

    /// <summary>Returns a copy, minus its mean if <paramref name="centre"/> is set.</summary>
    public static double[] Copy(ReadOnlySpan<double> values, bool centre)
    {
        var copy = values.ToArray();
        if (!centre) return copy;
        var mean = Mean(copy);
        for (var i = 0; i < copy.Length; i++) copy[i] -= mean;
        return copy;
    }
}
