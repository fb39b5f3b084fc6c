using System.Numerics;
using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>
/// Condition under which a strategy may act (<see cref="Strategy.ActOnlyAt"/>): the close, or a factor, lies above or below a factor or a
/// level. Equal values satisfy both, so the bars include the bars of a strict comparison.
/// </summary>
/// <remarks>
/// A feed evaluates each condition once per block for all its strategies, and stores one bit per bar. A run goes from one set bit to the
/// next. It skips occasions whose acts the account does not permit now: a purchase while the allowed number of longs is open and no short
/// is, or an exit from a side without open trades. So the strategy is called at few bars, with the same results as if it were called at
/// each.
/// </remarks>
public sealed class Occasion
{
    private readonly Factor? _line, _other;
    private readonly double _level;
    private readonly bool _isAbove;
    private readonly Acts _acts;
    private int _number;
    private ulong[] _bits = [];

    private Occasion(Factor? line, Factor? other, double level, bool isAbove, Acts acts)
    {
        (_line, _other, _level, _isAbove, _acts) = (line, other, level, isAbove, acts);
    }

    /// <summary>The close is at or above a factor.</summary>
    /// <param name="acts">The actions that the strategy may take there.</param>
    public static Occasion CloseAbove(Factor factor, Acts acts) => new(null, factor, 0, isAbove: true, acts);

    /// <summary>The close is at or below a factor.</summary>
    /// <inheritdoc cref="CloseAbove"/>
    public static Occasion CloseBelow(Factor factor, Acts acts) => new(null, factor, 0, isAbove: false, acts);

    /// <summary>A factor is at or above a level.</summary>
    /// <inheritdoc cref="CloseAbove"/>
    public static Occasion Above(Factor factor, double level, Acts acts) => new(factor, null, level, isAbove: true, acts);

    /// <summary>A factor is at or below a level.</summary>
    /// <inheritdoc cref="CloseAbove"/>
    public static Occasion Below(Factor factor, double level, Acts acts) => new(factor, null, level, isAbove: false, acts);

    /// <summary>The condition as readers see it.</summary>
    internal DeclaredCondition Declared => new(_isAbove ? ConditionKind.AtOrAbove : ConditionKind.AtOrBelow,
        _line?.Ordinal ?? DeclaredCondition.Close, _other?.Ordinal ?? DeclaredCondition.Constant, _level, _acts);

    /// <summary>Registers the condition with the feed; call it once the factors have their slots.</summary>
    internal void AddTo(FactorPlan plan) =>
        _number = plan.Add(new Comparison(_line?.Slot ?? Comparison.Close, _other?.Slot ?? Comparison.None, _level, _isAbove));

    /// <summary>Selects the sheet whose bits are read.</summary>
    internal void Bind(FactorSheet sheet) => _bits = sheet.Holds(_number);

    /// <summary>Returns the first bar of <c>[from, end)</c> at which one of the occasions holds; the end if there is none.</summary>
    /// <param name="acts">Occasions for other acts than these are skipped.</param>
    internal static int Next(Occasion[] occasions, Acts acts, int from, int end)
    {
        var mask = ulong.MaxValue << (from & 63);
        for (var word = from >> 6; word << 6 < end; word++, mask = ulong.MaxValue)
        {
            var bits = 0UL;
            foreach (var occasion in occasions)
                if ((occasion._acts & acts) != 0)
                    bits |= occasion._bits[word];
            bits &= mask;
            if (bits != 0) return Math.Min(end, (word << 6) + BitOperations.TrailingZeroCount(bits));
        }
        return end;
    }
}
