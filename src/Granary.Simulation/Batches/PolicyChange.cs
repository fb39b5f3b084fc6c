using Granary.Learning.Reinforcement.Policies;

namespace Granary.Simulation.Batches;

/// <summary>A version of a policy that took the place of another.</summary>
/// <param name="After">It decides for bars that close later than this, UTC ticks.</param>
public sealed record PolicyChange(long After, PolicyReference Reference, WeightPolicy Policy);
