using Granary.Engine.Trading;

namespace Granary.Simulation.Conditions;

/// <summary>A closed trade and the conditions under which it was made.</summary>
/// <param name="Entry">UTC ticks.</param>
/// <param name="Closed">UTC ticks: when its exit was known for certain, at its bar's close.</param>
/// <param name="Net">Net profit, quote currency.</param>
/// <param name="Return">Net, on the notional at entry.</param>
/// <param name="Values">By the conditions of <see cref="TradeConditions.Names"/>; null where a condition says nothing of it.</param>
internal sealed record ConditionTrade(long Entry, long Closed, double Net, double Return, IReadOnlyList<string?> Values);
