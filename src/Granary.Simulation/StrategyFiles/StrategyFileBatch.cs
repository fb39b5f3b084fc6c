using Granary.Simulation.Batches;

namespace Granary.Simulation.StrategyFiles;

/// <summary>The batch of a strategy file.</summary>
/// <param name="Spec">Its text contains the file.</param>
/// <param name="Guesses">What neither the call nor the file says, as "timeframe 1h, by …".</param>
internal sealed record StrategyFileBatch(BatchSpec Spec, IReadOnlyList<string> Guesses);
