using System.Runtime.Intrinsics;

namespace Granary.Engine.Factors;

/// <summary>
/// A comparison of a line with another line or a level, "at or above" or "at or below". It is computed once per block for all strategies,
/// as one bit per bar.
/// </summary>
/// <param name="Line">A column of the sheet, or <see cref="Close"/>.</param>
/// <param name="Other">A column of the sheet, or <see cref="None"/> where the line is compared with the level.</param>
/// <param name="Level">Value with which the line is compared if there is no second line.</param>
/// <param name="IsAbove">Whether the bits stand for "at or above"; else for "at or below".</param>
internal readonly record struct Comparison(int Line, int Other, double Level, bool IsAbove)
{
    /// <summary>The bars' close.</summary>
    public const int Close = -1;

    /// <summary>No other line.</summary>
    public const int None = -2;

    /// <summary>Sets the bits of a block's bars, 64 to a word, the first bar's lowest; those behind the last bar are 0.</summary>
    /// <param name="line">The line's values; NaN is neither above nor below.</param>
    /// <param name="other">As many; empty where the line is compared with the level.</param>
    public void Read(ReadOnlySpan<double> line, ReadOnlySpan<double> other, Span<ulong> bits)
    {
        for (var start = 0; start < line.Length; start += 64)
        {
            var count = Math.Min(64, line.Length - start);
            bits[start >> 6] = Word(line.Slice(start, count), other.IsEmpty ? other : other.Slice(start, count));
        }
    }

    private ulong Word(ReadOnlySpan<double> line, ReadOnlySpan<double> other)
    {
        var (word, level, i) = (0UL, Vector256.Create(Level), 0);
        for (; i <= line.Length - 4; i += 4)
        {
            var a = Vector256.Create(line.Slice(i, 4));
            var b = other.IsEmpty ? level : Vector256.Create(other.Slice(i, 4));
            var holds = IsAbove ? Vector256.GreaterThanOrEqual(a, b) : Vector256.LessThanOrEqual(a, b);
            word |= (ulong)holds.ExtractMostSignificantBits() << i;
        }
        for (; i < line.Length; i++)
        {
            var b = other.IsEmpty ? Level : other[i];
            if (IsAbove ? line[i] >= b : line[i] <= b) word |= 1UL << i;
        }
        return word;
    }
}
