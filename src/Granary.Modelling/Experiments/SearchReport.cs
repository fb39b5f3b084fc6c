namespace Granary.Modelling.Experiments;

/// <summary>Result of an experiment that searches models.</summary>
/// <param name="Fits">Number of fits that the search needed.</param>
/// <param name="Reused">Number of those fits that came from the cache of an earlier run of the same search.</param>
/// <param name="Trials">Number of combinations ever tried on these bars, including this search; null without a ledger.</param>
/// <param name="NewTrials">Number of combinations in this search that had not been tried before.</param>
/// <param name="Units">Results in the order of the batch.</param>
internal sealed record SearchReport(int Fits, int Reused, long? Trials, long? NewTrials, double Seconds, IReadOnlyList<SearchedUnit> Units);
