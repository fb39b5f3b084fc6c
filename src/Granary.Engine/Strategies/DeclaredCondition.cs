namespace Granary.Engine.Strategies;

/// <summary>The comparison of a declared condition.</summary>
public enum ConditionKind : byte
{
    /// <summary>The left side is at or above the right side.</summary>
    AtOrAbove,

    /// <summary>The left side is at or below the right side.</summary>
    AtOrBelow,

    /// <summary>The left side comes from below the right side to above it; equal values are no crossing.</summary>
    CrossesAbove,

    /// <summary>The left side comes from above the right side to below it; equal values are no crossing.</summary>
    CrossesBelow,
}

/// <summary>
/// A condition that a strategy declares: an <see cref="Occasion"/>, or a direction of a <see cref="Crossing"/>. The strategy may act at
/// bars at which one of them holds.
/// </summary>
/// <param name="Left">Index among the strategy's factors, or <see cref="Close"/>.</param>
/// <param name="Right">Index among the strategy's factors, or <see cref="Constant"/>.</param>
/// <param name="Level">The right side if it is constant.</param>
/// <param name="Acts">What the strategy may do where it holds; any act at a crossing.</param>
public sealed record DeclaredCondition(ConditionKind Kind, int Left, int Right, double Level, Acts Acts)
{
    /// <summary>The close of the bar.</summary>
    public const int Close = -1;

    /// <summary>A constant level.</summary>
    public const int Constant = -2;

    /// <summary>Whether it compares two bars, not the values of one.</summary>
    public bool IsCrossing => Kind is ConditionKind.CrossesAbove or ConditionKind.CrossesBelow;

    /// <summary>Whether two values of one bar satisfy it; of a crossing, whether they lie on the side to which it leads.</summary>
    public bool Holds(double left, double right) => Kind switch
    {
        ConditionKind.AtOrAbove => left >= right,
        ConditionKind.AtOrBelow => left <= right,
        ConditionKind.CrossesAbove => left > right,
        ConditionKind.CrossesBelow => left < right,
        _ => throw new InvalidOperationException($"there is no condition of the kind {Kind}"),
    };
}
