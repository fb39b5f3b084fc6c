using System.Runtime.CompilerServices;

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
    private int _sign;

    internal Crossing(Factor line, Factor? other, double level)
    {
        _line = line;
        _other = other;
        _level = level;
    }

    /// <summary>+1 at the bar where the line has crossed above, −1 where it has crossed below, else 0. To be asked once at every bar.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(StrategyContext bar)
    {
        var difference = _line.At(bar.Index) - (_other is null ? _level : _other.At(bar.Index));
        // A NaN compares false with everything and leaves the sign alone.
        if (difference > 0 ? _sign > 0 : !(difference < 0) || _sign < 0) return 0;
        return Turn(difference > 0 ? 1 : -1);
    }

    private int Turn(int sign)
    {
        var before = _sign;
        _sign = sign;
        return before == 0 ? 0 : sign;
    }
}
