using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Market;

/// <summary>The least and the greatest of a column, four at a time.</summary>
internal static class Extremes
{
    // Fully optimised at the first call: vector code is very slow before tiering.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Least(ReadOnlySpan<double> values)
    {
        var least = double.PositiveInfinity;
        var i = 0;
        if (values.Length >= 8)
        {
            ref var first = ref MemoryMarshal.GetReference(values);
            var v = Vector256.LoadUnsafe(ref first);
            for (i = 4; i + 4 <= values.Length; i += 4) v = Vector256.Min(v, Vector256.LoadUnsafe(ref first, (nuint)i));
            least = Math.Min(Math.Min(v.GetElement(0), v.GetElement(1)), Math.Min(v.GetElement(2), v.GetElement(3)));
        }
        for (; i < values.Length; i++) least = Math.Min(least, values[i]);
        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Greatest(ReadOnlySpan<double> values)
    {
        var greatest = double.NegativeInfinity;
        var i = 0;
        if (values.Length >= 8)
        {
            ref var first = ref MemoryMarshal.GetReference(values);
            var v = Vector256.LoadUnsafe(ref first);
            for (i = 4; i + 4 <= values.Length; i += 4) v = Vector256.Max(v, Vector256.LoadUnsafe(ref first, (nuint)i));
            greatest = Math.Max(Math.Max(v.GetElement(0), v.GetElement(1)), Math.Max(v.GetElement(2), v.GetElement(3)));
        }
        for (; i < values.Length; i++) greatest = Math.Max(greatest, values[i]);
        return greatest;
    }
}
