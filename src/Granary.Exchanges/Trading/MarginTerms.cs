using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>Margin settings of positions on a futures market.</summary>
/// <param name="Leverage">Value of a position for its margin; 1 or more, whole.</param>
/// <param name="IsCross">Whether all positions share the account's balance; else each has a margin of its own, and can lose no
/// more.</param>
internal readonly record struct MarginTerms(int Leverage, bool IsCross)
{
    /// <summary>Returns the margin terms of a configuration. Exchanges accept integer leverages, so leverage is rounded up.</summary>
    public static MarginTerms Of(ExecutionSettings execution, bool isCross) =>
        new(Math.Max(1, (int)Math.Ceiling(execution.Leverage)), isCross);

    /// <summary>The text form for exchanges and <c>--broker-options margin=</c>.</summary>
    public string Mode => IsCross ? "cross" : "isolated";
}
