using System.Numerics;
using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>
/// Where a strategy may act that declares it (<see cref="Strategy.ActOnlyAt"/>): bars at which the close, or a factor, lies above or below
/// a factor or a level. Equal values count as either, so that the bars contain those of a strict comparison.
/// </summary>
/// <remarks>
/// A feed compares the two once per block, for all its strategies, and keeps a bit for each bar. A run goes from one bar with a set bit to
/// the next, and leaves out occasions for which the account leaves nothing to do: to buy while as many longs as allowed are open and no
/// short is, or to leave a side on which nothing is open. So a strategy is asked at a few bars, and its results are those of one that
/// is asked at each.
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

    /// <summary>The close lies at a factor or above it.</summary>
    /// <param name="acts">All that the strategy may do there.</param>
    public static Occasion CloseAbove(Factor factor, Acts acts) => new(null, factor, 0, isAbove: true, acts);

    /// <summary>The close lies at a factor or below it.</summary>
    /// <inheritdoc cref="CloseAbove"/>
    public static Occasion CloseBelow(Factor factor, Acts acts) => new(null, factor, 0, isAbove: false, acts);

    /// <summary>A factor lies at a level or above it.</summary>
    /// <inheritdoc cref="CloseAbove"/>
    public static Occasion Above(Factor factor, double level, Acts acts) => new(factor, null, level, isAbove: true, acts);

    /// <summary>A factor lies at a level or below it.</summary>
    /// <inheritdoc cref="CloseAbove"/>
    public static Occasion Below(Factor factor, double level, Acts acts) => new(factor, null, level, isAbove: false, acts);

    /// <summary>Asks the feed for the bits; when the factors have their slots.</summary>
    internal void AddTo(FactorPlan plan) =>
        _number = plan.Add(new Comparison(_line?.Slot ?? Comparison.Close, _other?.Slot ?? Comparison.None, _level, _isAbove));

    /// <summary>Reads on in the bits of a sheet.</summary>
    internal void Bind(FactorSheet sheet) => _bits = sheet.Holds(_number);

    /// <summary>The first bar of <c>[from, end)</c> at which one of some occasions holds; the end where there is none.</summary>
    /// <param name="acts">Occasions for other acts than these are left out.</param>
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
