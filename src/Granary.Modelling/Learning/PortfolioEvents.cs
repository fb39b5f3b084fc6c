using Granary.Engine.Portfolio;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>What a portfolio decides over: the events of its members and their weights.</summary>
/// <param name="Log">Null where there is no member.</param>
/// <param name="Members">By strategy index: not 0 where the strategy has a weight at some time.</param>
/// <param name="Schedule">Weights over time; null where they stay.</param>
public sealed record PortfolioEvents(IEventLog? Log, IReadOnlyList<double> Members, IWeightSource? Schedule);
