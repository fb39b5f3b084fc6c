using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>The position that a rule checks.</summary>
/// <param name="Member">Index of the strategy in the portfolio; <see cref="ByHand"/> for an operator.</param>
/// <param name="Market">Index of the instrument in the portfolio.</param>
/// <param name="CountsReserved">
/// Whether reservations count in addition to open positions. They do when a signal is decided, but not when a fill or an open position is
/// checked again.
/// </param>
public readonly record struct PositionScope(int Member, int Market, Side Side, bool CountsReserved)
{
    /// <summary>In place of a strategy's index: an operator enters by hand, for no strategy.</summary>
    public const int ByHand = -1;
}
