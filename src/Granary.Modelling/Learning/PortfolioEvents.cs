using Granary.Engine.Portfolio;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>Input of a portfolio run: the events of its members and their weights.</summary>
/// <param name="Log">Events of the members; null if there are none.</param>
/// <param name="Members">By strategy index: nonzero if the strategy has a weight at any time.</param>
/// <param name="Schedule">Weights over time; null if they are constant.</param>
internal sealed record PortfolioEvents(IEventLog? Log, IReadOnlyList<double> Members, IWeightSource? Schedule);
