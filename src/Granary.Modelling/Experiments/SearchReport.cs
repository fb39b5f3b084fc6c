namespace Granary.Modelling.Experiments;

/// <summary>What a search found.</summary>
/// <param name="Fits">Fits of models that it needed.</param>
/// <param name="Reused">Of them, those that an earlier run of the same search had made.</param>
/// <param name="Trials">Combinations that were ever tried on these bars, those of this search included; null without a ledger.</param>
/// <param name="NewTrials">Of them, those that had not been tried before.</param>
/// <param name="Units">In the order of the batch.</param>
public sealed record SearchReport(int Fits, int Reused, long? Trials, long? NewTrials, double Seconds, IReadOnlyList<SearchedUnit> Units);
