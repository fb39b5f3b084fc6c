using Granary.Simulation.Batches;

namespace Granary.Server.Jobs;

/// <summary>The combinations that a job would try, and their bars.</summary>
/// <param name="Data">The bars, with their holdout.</param>
/// <param name="Combinations">Hashes of the combinations with their bars; the same combination on the same bars has one hash.</param>
/// <param name="Configuration">
/// Hash of the whole configuration: if no combination is new, a new configuration is one trial. Null if the combinations have all of it.
/// </param>
internal sealed record PlannedTrials(DataSpec Data, IReadOnlyCollection<UInt128> Combinations, UInt128? Configuration = null);
