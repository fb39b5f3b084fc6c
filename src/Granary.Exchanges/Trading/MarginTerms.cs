using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>How positions of a futures market are margined.</summary>
/// <param name="Leverage">Value of a position for its margin; 1 or more, whole.</param>
/// <param name="IsCross">Whether all positions share the account's balance; else each has a margin of its own, and can lose no
/// more.</param>
internal readonly record struct MarginTerms(int Leverage, bool IsCross)
{
    /// <summary>The terms of a configuration; exchanges take whole leverages, and the next higher one is set.</summary>
    public static MarginTerms Of(ExecutionSettings execution, bool isCross) =>
        new(Math.Max(1, (int)Math.Ceiling(execution.Leverage)), isCross);

    /// <summary>As exchanges and <c>--broker-options margin=</c> write it.</summary>
    public string Mode => IsCross ? "cross" : "isolated";
}
