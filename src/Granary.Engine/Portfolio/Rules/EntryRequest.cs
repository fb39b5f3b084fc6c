using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>An entry signal of a strategy, as the portfolio's rules receive it.</summary>
/// <param name="Member">Index of the strategy in the portfolio; <see cref="PositionScope.ByHand"/> for an operator.</param>
/// <param name="Market">Index of the instrument in the portfolio.</param>
public readonly record struct EntryRequest(int Member, int Market, Signal Signal);
