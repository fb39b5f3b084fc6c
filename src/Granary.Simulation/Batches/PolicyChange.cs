using Granary.Reinforcement.Policies;

namespace Granary.Simulation.Batches;

/// <summary>Change to a different version of a policy.</summary>
/// <param name="After">The version decides at bars that close later than this time, UTC ticks.</param>
internal sealed record PolicyChange(long After, PolicyReference Reference, WeightPolicy Policy);
