using Granary.Engine.Trading;

namespace Granary.Simulation.Conditions;

/// <summary>A closed trade with the conditions at its entry.</summary>
/// <param name="Entry">Entry time, UTC ticks.</param>
/// <param name="Closed">Time at which the exit was certainly known: the close of its bar, UTC ticks.</param>
/// <param name="Net">Net profit, quote currency.</param>
/// <param name="Return">Net profit over the notional at entry.</param>
/// <param name="Values">Values of the conditions in <see cref="TradeConditions.Names"/>; null if a condition does not apply.</param>
internal sealed record ConditionTrade(long Entry, long Closed, double Net, double Return, IReadOnlyList<string?> Values);
