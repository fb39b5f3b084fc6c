using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>
/// Watches one line cross another, or a level. Equal values are no crossing: the last non-zero sign of the difference counts,
/// and the first crossing needs a sign before it.
/// </summary>
public sealed class Crossing
{
    private readonly Factor _line;
    private readonly Factor? _other;
    // Of the sheet; the second is null where the other is a level.
    private double[] _column = [];
    private double[]? _otherColumn;

    // The next that its strategy declared.
    internal Crossing? Following;

    private double _sign;
    private readonly double _level;

    // The first bar of the block, of those not asked yet, on which the line does not lie where it lay: before it there is nothing to think
    // about, and the hot path compares two numbers. (Found ahead, four bars at a time; what At answers for a bar depends on no later one.)
    private int _next;
    private int _count;

    // Number of the declaration within its strategy.
    internal int Ordinal;

    internal Crossing(Factor line, Factor? other, double level)
    {
        _line = line;
        _other = other;
        _level = level;
    }

    /// <summary>Its two directions as readers see them.</summary>
    internal IEnumerable<DeclaredCondition> Declared =>
        new[] { ConditionKind.CrossesAbove, ConditionKind.CrossesBelow }.Select(kind => new DeclaredCondition(kind, _line.Ordinal,
            _other?.Ordinal ?? DeclaredCondition.Constant, _level, Acts.Any));

    /// <summary>The next bar of the block at which the crossing may occur; the block's length if there is none.</summary>
    internal int Next => _next;

    /// <summary>Reads on in the columns that its factors have now.</summary>
    internal void Bind() => (_column, _otherColumn) = (_line.Column, _other?.Column);

    /// <summary>Starts the next block, whose values are in the columns.</summary>
    /// <returns>As <see cref="Next"/>.</returns>
    internal int Begin(int count)
    {
        // A strategy that did not ask at the last possible turn is called at each bar until it asks, as within a block.
        var next = _next < _count ? 0 : -1;
        // Written only where they change: of many strategies' crossings most stay as they are at a bar.
        if (_count != count) _count = count;
        if (next < 0) next = NextFrom(0);
        if (_next != next) _next = next;
        return next;
    }

    /// <summary>Begins again at a bar of the block: what was before is forgotten.</summary>
    internal void Restart(int index)
    {
        _sign = 0;
        _next = NextFrom(index);
    }

    /// <summary>
    /// +1 at the bar where the line has crossed above, −1 where it has crossed below, else 0. To be asked once at every bar.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(StrategyContext bar)
    {
        var index = bar.Index;
        return index < _next ? 0 : Turn(index);
    }

    /// <summary>
    /// The side of the crossing at this bar: buy where the line has crossed above, sell where it has crossed below, else null. To be asked
    /// once at every bar, instead of <see cref="At(StrategyContext)"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Side? SideAt(StrategyContext bar)
    {
        var turn = At(bar);
        return turn == 0 ? null : (Side)turn;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Turn(int index)
    {
        var turn = Turn(_column[index] - (_otherColumn is null ? _level : _otherColumn[index]), ref _sign);
        _next = NextFrom(index + 1);
        return turn;
    }

    private int NextFrom(int from)
    {
        if (_sign == 0) return Math.Min(from, _count);
        if (_otherColumn is null) return NextOf(_column, _level, _sign, from, _count);
        return _sign > 0 ? NextOf(_column, _otherColumn, from, _count) : NextOf(_otherColumn, _column, from, _count);
    }

    // The first index from which on a line is not above another. Fully optimised at the first call: vector code is very slow before
    // tiering.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int NextOf(double[] above, double[] below, int from, int end)
    {
        end = Math.Min(end, Math.Min(above.Length, below.Length));
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int NextOf(double[] line, double level, double sign, int from, int end)
    {
        end = Math.Min(end, line.Length);
        ref var a = ref MemoryMarshal.GetArrayDataReference(line);
        var (levels, signs) = (Vector256.Create(level), Vector256.Create(sign));
        for (; from + 4 <= end; from += 4)
        {
            var holds = Vector256.GreaterThan((Vector256.LoadUnsafe(ref a, (nuint)from) - levels) * signs, Vector256<double>.Zero)
                .ExtractMostSignificantBits();
            if (holds != 0b1111) return from + BitOperations.TrailingZeroCount(~holds);
        }
        while (from < end && (line[from] - level) * sign > 0) from++;
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
