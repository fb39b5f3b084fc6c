using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;

namespace Granary.Learning.Numerics;

/// <summary>
/// Products of matrices in double precision. Each element is one sum of fused multiply-adds in the order of the inner index. So its bits
/// do not depend on the number of rows that are computed together, nor on the width of the processor's registers.
/// </summary>
internal static class MatrixProduct
{
    /// <summary>target[r, ·] = bias + Σ a[r, k] · b[k, ·].</summary>
    /// <param name="b">Row-major; its width, a multiple of four, is the bias's.</param>
    /// <param name="bias">One row.</param>
    /// <param name="target">Row-major, as many rows as <paramref name="a"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public static void Set(Matrix a, ReadOnlySpan<double> b, ReadOnlySpan<double> bias, Span<double> target)
    {
        for (var r = 0; r < a.Rows; r++) bias.CopyTo(target[(r * bias.Length)..]);
        Add(a, b, target[..(a.Rows * bias.Length)]);
    }

    /// <summary>target[r, ·] += Σ a[r, k] · b[k, ·].</summary>
    /// <param name="b">Row-major; its width is the length of <paramref name="target"/> divided by the rows of <paramref name="a"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or the width is not a multiple of four.</exception>
    public static void Add(Matrix a, ReadOnlySpan<double> b, Span<double> target)
    {
        if (a.Rows == 0 || a.Columns == 0) return;
        var width = target.Length / a.Rows;
        if (width % 4 != 0 || width * a.Rows != target.Length || b.Length < a.Columns * width
            || a.Values.Length <= (a.Rows - 1) * a.RowStride + (a.Columns - 1) * a.ColumnStride)
            throw new ArgumentException($"a product of {a.Rows} × {a.Columns} by {b.Length} numbers does not fit {target.Length} numbers; "
                + "widths must be multiples of four", nameof(target));
        var r = 0;
        for (; r <= a.Rows - 4; r += 4) AddFourRows(a, r, ref MemoryMarshal.GetReference(b), ref target[r * width], width);
        for (; r < a.Rows; r++) AddRow(a, r, ref MemoryMarshal.GetReference(b), ref target[r * width], width);
    }

    /// <summary>target[r, i] += Σ a[r, j] · b[i, j], each sum in the order of <see cref="Dense.Dot"/>.</summary>
    /// <param name="a">Row-major; the number of columns is a multiple of four.</param>
    /// <param name="b">Row-major, as wide as <paramref name="a"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or the width is not a multiple of four.</exception>
    public static void AddByTransposed(Matrix a, ReadOnlySpan<double> b, Span<double> target)
    {
        if (a.Rows == 0 || a.Columns == 0) return;
        var (width, outputs) = (a.Columns, b.Length / a.Columns);
        if (width % 4 != 0 || a.ColumnStride != 1 || outputs * width != b.Length || target.Length != a.Rows * outputs
            || a.Values.Length < (a.Rows - 1) * a.RowStride + width)
            throw new ArgumentException($"a product of {a.Rows} × {width} by the transpose of {b.Length} numbers does not fit "
                + $"{target.Length} numbers; widths must be multiples of four", nameof(target));
        var r = 0;
        ref var x = ref MemoryMarshal.GetReference(a.Values);
        for (; r <= a.Rows - 2; r += 2)
            AddDots(ref Unsafe.Add(ref x, r * a.RowStride), ref Unsafe.Add(ref x, (r + 1) * a.RowStride), b, width,
                target.Slice(r * outputs, 2 * outputs));
        if (r == a.Rows) return;
        var last = a.Values.Slice(r * a.RowStride, width);
        for (var i = 0; i < outputs; i++) target[r * outputs + i] += Dense.Dot(last, b.Slice(i * width, width));
    }

    // Two rows share the values read from b.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDots(ref double x, ref double y, ReadOnlySpan<double> b, int width, Span<double> target)
    {
        var outputs = target.Length / 2;
        ref var w = ref MemoryMarshal.GetReference(b);
        for (int i = 0, at = 0; i < outputs; i++, at += width)
        {
            var j = 0;
            var (xSum, ySum) = (Vector256<double>.Zero, Vector256<double>.Zero);
            if (width >= 16)
            {
                var (x0, x1, x2, x3) = (xSum, xSum, xSum, xSum);
                var (y0, y1, y2, y3) = (ySum, ySum, ySum, ySum);
                for (; j <= width - 16; j += 16)
                {
                    var (b0, b1) = (Dense.Load(ref w, at + j), Dense.Load(ref w, at + j + 4));
                    var (b2, b3) = (Dense.Load(ref w, at + j + 8), Dense.Load(ref w, at + j + 12));
                    x0 = Vector256.FusedMultiplyAdd(Dense.Load(ref x, j), b0, x0);
                    y0 = Vector256.FusedMultiplyAdd(Dense.Load(ref y, j), b0, y0);
                    x1 = Vector256.FusedMultiplyAdd(Dense.Load(ref x, j + 4), b1, x1);
                    y1 = Vector256.FusedMultiplyAdd(Dense.Load(ref y, j + 4), b1, y1);
                    x2 = Vector256.FusedMultiplyAdd(Dense.Load(ref x, j + 8), b2, x2);
                    y2 = Vector256.FusedMultiplyAdd(Dense.Load(ref y, j + 8), b2, y2);
                    x3 = Vector256.FusedMultiplyAdd(Dense.Load(ref x, j + 12), b3, x3);
                    y3 = Vector256.FusedMultiplyAdd(Dense.Load(ref y, j + 12), b3, y3);
                }
                (xSum, ySum) = ((x0 + x1) + (x2 + x3), (y0 + y1) + (y2 + y3));
            }
            for (; j < width; j += 4)
            {
                var v = Dense.Load(ref w, at + j);
                xSum = Vector256.FusedMultiplyAdd(Dense.Load(ref x, j), v, xSum);
                ySum = Vector256.FusedMultiplyAdd(Dense.Load(ref y, j), v, ySum);
            }
            target[i] += Dense.AddLanes(xSum);
            target[outputs + i] += Dense.AddLanes(ySum);
        }
    }

    // Four rows by eight columns stay in registers over the inner index.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddFourRows(Matrix a, int row, ref double b, ref double target, int width)
    {
        var (inner, step) = (a.Columns, a.ColumnStride);
        ref var x0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(a.Values), row * a.RowStride);
        ref var x1 = ref Unsafe.Add(ref x0, a.RowStride);
        ref var x2 = ref Unsafe.Add(ref x1, a.RowStride);
        ref var x3 = ref Unsafe.Add(ref x2, a.RowStride);
        ref var y1 = ref Unsafe.Add(ref target, width);
        ref var y2 = ref Unsafe.Add(ref y1, width);
        ref var y3 = ref Unsafe.Add(ref y2, width);
        var j = 0;
        for (; j <= width - 8; j += 8)
        {
            var (s00, s01) = (Dense.Load(ref target, j), Dense.Load(ref target, j + 4));
            var (s10, s11) = (Dense.Load(ref y1, j), Dense.Load(ref y1, j + 4));
            var (s20, s21) = (Dense.Load(ref y2, j), Dense.Load(ref y2, j + 4));
            var (s30, s31) = (Dense.Load(ref y3, j), Dense.Load(ref y3, j + 4));
            for (int k = 0, at = 0, from = j; k < inner; k++, at += step, from += width)
            {
                var (b0, b1) = (Dense.Load(ref b, from), Dense.Load(ref b, from + 4));
                var v = Vector256.Create(Unsafe.Add(ref x0, at));
                s00 = Vector256.FusedMultiplyAdd(v, b0, s00);
                s01 = Vector256.FusedMultiplyAdd(v, b1, s01);
                v = Vector256.Create(Unsafe.Add(ref x1, at));
                s10 = Vector256.FusedMultiplyAdd(v, b0, s10);
                s11 = Vector256.FusedMultiplyAdd(v, b1, s11);
                v = Vector256.Create(Unsafe.Add(ref x2, at));
                s20 = Vector256.FusedMultiplyAdd(v, b0, s20);
                s21 = Vector256.FusedMultiplyAdd(v, b1, s21);
                v = Vector256.Create(Unsafe.Add(ref x3, at));
                s30 = Vector256.FusedMultiplyAdd(v, b0, s30);
                s31 = Vector256.FusedMultiplyAdd(v, b1, s31);
            }
            Store(s00, s01, ref target, j);
            Store(s10, s11, ref y1, j);
            Store(s20, s21, ref y2, j);
            Store(s30, s31, ref y3, j);
        }
        for (; j < width; j += 4)
        {
            var (s0, s1) = (Dense.Load(ref target, j), Dense.Load(ref y1, j));
            var (s2, s3) = (Dense.Load(ref y2, j), Dense.Load(ref y3, j));
            for (int k = 0, at = 0, from = j; k < inner; k++, at += step, from += width)
            {
                var v = Dense.Load(ref b, from);
                s0 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref x0, at)), v, s0);
                s1 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref x1, at)), v, s1);
                s2 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref x2, at)), v, s2);
                s3 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref x3, at)), v, s3);
            }
            s0.StoreUnsafe(ref target, (nuint)j);
            s1.StoreUnsafe(ref y1, (nuint)j);
            s2.StoreUnsafe(ref y2, (nuint)j);
            s3.StoreUnsafe(ref y3, (nuint)j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(Matrix a, int row, ref double b, ref double target, int width)
    {
        var (inner, step) = (a.Columns, a.ColumnStride);
        ref var x = ref Unsafe.Add(ref MemoryMarshal.GetReference(a.Values), row * a.RowStride);
        var j = 0;
        for (; j <= width - 16; j += 16)
        {
            var (s0, s1) = (Dense.Load(ref target, j), Dense.Load(ref target, j + 4));
            var (s2, s3) = (Dense.Load(ref target, j + 8), Dense.Load(ref target, j + 12));
            for (int k = 0, at = 0, from = j; k < inner; k++, at += step, from += width)
            {
                var v = Vector256.Create(Unsafe.Add(ref x, at));
                s0 = Vector256.FusedMultiplyAdd(v, Dense.Load(ref b, from), s0);
                s1 = Vector256.FusedMultiplyAdd(v, Dense.Load(ref b, from + 4), s1);
                s2 = Vector256.FusedMultiplyAdd(v, Dense.Load(ref b, from + 8), s2);
                s3 = Vector256.FusedMultiplyAdd(v, Dense.Load(ref b, from + 12), s3);
            }
            Store(s0, s1, ref target, j);
            Store(s2, s3, ref target, j + 8);
        }
        for (; j < width; j += 4)
        {
            var s = Dense.Load(ref target, j);
            for (int k = 0, at = 0, from = j; k < inner; k++, at += step, from += width)
                s = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref x, at)), Dense.Load(ref b, from), s);
            s.StoreUnsafe(ref target, (nuint)j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<double> left, Vector256<double> right, ref double target, int at)
    {
        left.StoreUnsafe(ref target, (nuint)at);
        right.StoreUnsafe(ref target, (nuint)(at + 4));
    }
}
