using System.Runtime.CompilerServices;

namespace Granary.Engine.Strategies;

/// <summary>
/// Watches one line cross another, or a level. Equal values are no crossing: the last non-zero sign of the difference counts,
/// and the first crossing needs a sign before it.
/// </summary>
public sealed class Crossing
{
    // A level is a column of its own, so that the hot path need not ask which of the two it is.
    private readonly Factor _line;
    private readonly Factor? _other;
    private double[] _a = [], _b = [];
    private readonly double _level;
    private double _sign;

    // Number of the declaration within its strategy.
    internal int Ordinal;

    internal Crossing(Factor line, Factor? other, double level)
    {
        _line = line;
        _other = other;
        _level = level;
        if (other is not null) return;
        _b = new double[Market.BarBlock.MaxCount];
        Array.Fill(_b, level);
    }

    internal void Bind()
    {
        _a = _line.Column;
        if (_other is not null) _b = _other.Column;
    }

    /// <summary>+1 at the bar where the line has crossed above, −1 where it has crossed below, else 0. To be asked once at every bar.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(StrategyContext bar)
    {
        var index = bar.Index;
        var difference = _a[index] - _b[index];
        return difference * _sign > 0 ? 0 : Turn(difference);
    }

    /// <summary>The same for one of several symbols, whose last sign is kept by the caller.</summary>
    internal int At(SymbolContext symbol, ref double sign) =>
        Turn(symbol[_line] - (_other is null ? _level : symbol[_other]), ref sign);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Turn(double difference) => Turn(difference, ref _sign);

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
