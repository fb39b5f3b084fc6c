using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Strategies;

/// <summary>
/// Watches one line cross another, or a level. Equal values are no crossing: the last non-zero sign of the difference counts,
/// and the first crossing needs a sign before it.
/// </summary>
public sealed class Crossing
{
    private readonly Factor _line;
    private readonly Factor? _other;
    private readonly double _level;
    private double _sign;

    // The first bar of the block, of those not asked yet, on which the line does not lie where it lay: before it there is nothing to think
    // about, and the hot path compares two numbers. (Found ahead, four bars at a time; what At answers for a bar depends on no later one.)
    private int _next;

    // Number of the declaration within its strategy.
    internal int Ordinal;

    internal Crossing(Factor line, Factor? other, double level)
    {
        _line = line;
        _other = other;
        _level = level;
    }

    /// <summary>The first bar of the block at which it may turn, of those not asked yet.</summary>
    internal int Next => _next;

    internal void Bind() => _next = 0;

    /// <summary>
    /// +1 at the bar where the line has crossed above, −1 where it has crossed below, else 0. To be asked once at every bar.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(StrategyContext bar)
    {
        var index = bar.Index;
        return index < _next ? 0 : Turn(index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Turn(int index)
    {
        var turn = Turn(_line.Column[index] - (_other is null ? _level : _other.Column[index]), ref _sign);
        _next = _sign == 0 ? index + 1
            : _other is null ? NextOf(_line.Column, _level, _sign, index + 1)
            : _sign > 0 ? NextOf(_line.Column, _other.Column, index + 1)
            : NextOf(_other.Column, _line.Column, index + 1);
        return turn;
    }

    // The first index from which on a line is not above another; both columns are as long as their sheet.
    private static int NextOf(double[] above, double[] below, int from)
    {
        var end = Math.Min(above.Length, below.Length);
        ref var a = ref MemoryMarshal.GetArrayDataReference(above);
        ref var b = ref MemoryMarshal.GetArrayDataReference(below);
        for (; from + 4 <= end; from += 4)
        {
            var holds = Vector256.GreaterThan(Vector256.LoadUnsafe(ref a, (nuint)from), Vector256.LoadUnsafe(ref b, (nuint)from))
                .ExtractMostSignificantBits();
            if (holds != 0b1111) return from + BitOperations.TrailingZeroCount(~holds);
        }
        while (from < end && above[from] > below[from]) from++;
        return from;
    }

    private static int NextOf(double[] line, double level, double sign, int from)
    {
        ref var a = ref MemoryMarshal.GetArrayDataReference(line);
        var (levels, signs) = (Vector256.Create(level), Vector256.Create(sign));
        for (; from + 4 <= line.Length; from += 4)
        {
            var holds = Vector256.GreaterThan((Vector256.LoadUnsafe(ref a, (nuint)from) - levels) * signs, Vector256<double>.Zero)
                .ExtractMostSignificantBits();
            if (holds != 0b1111) return from + BitOperations.TrailingZeroCount(~holds);
        }
        while (from < line.Length && (line[from] - level) * sign > 0) from++;
        return from;
    }

    /// <summary>The same for one of several symbols, whose last sign is kept by the caller.</summary>
    internal int At(SymbolContext symbol, ref double sign) =>
        Turn(symbol[_line] - (_other is null ? _level : symbol[_other]), ref sign);

    private static int Turn(double difference, ref double last)
    {
        // Zero and NaN leave the sign alone.
        var sign = difference > 0 ? 1 : difference < 0 ? -1 : 0;
        if (sign == 0 || sign == last) return 0;
        var first = last == 0;
        last = sign;
        return first ? 0 : sign;
    }
}
