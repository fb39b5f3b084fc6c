using Granary.Engine.Strategies;

namespace Granary.Backtesting.Why;

/// <summary>A declared condition in words.</summary>
/// <param name="factors">The names of the strategy's factors.</param>
internal readonly struct ConditionWords(DeclaredCondition condition, IReadOnlyList<string> factors)
{
    public string Left { get; } = condition.Left == DeclaredCondition.Close ? "close" : factors[condition.Left];

    public string Right { get; } = condition.Right == DeclaredCondition.Constant ? WhyText.Number(condition.Level)
        : factors[condition.Right];

    public string Text => $"{Left} {WhyText.Of(condition.Kind)} {Right}";

    /// <summary>The relative distance of two values: |left − right| / max(|left|, |right|); 0 if both are 0.</summary>
    public static double Distance(double left, double right)
    {
        var scale = Math.Max(Math.Abs(left), Math.Abs(right));
        return scale == 0 ? 0 : Math.Abs(left - right) / scale;
    }
}
