namespace Granary.Learning.Retraining;

/// <summary>The age of a version in a live session, in which bars and trades continue to be counted.</summary>
/// <param name="Limit">The age limits; days are not counted here.</param>
/// <param name="At">The time up to which bars and trades are counted, UTC ticks.</param>
/// <param name="Bars">The number of bars of the strategy's feed since the training, up to that time.</param>
/// <param name="Trades">The number of closed trades of the strategy's own account, up to that time.</param>
internal sealed record VersionAge(VersionExpiry Limit, long At, int Bars, int Trades);
