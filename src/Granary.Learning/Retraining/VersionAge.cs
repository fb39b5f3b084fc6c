namespace Granary.Learning.Retraining;

/// <summary>The age of a version where what comes next is not known beforehand, as in a live session, which goes on counting.</summary>
/// <param name="Limit">Its greatest age; days are not counted here.</param>
/// <param name="At">Until when bars and trades have been counted, UTC ticks.</param>
/// <param name="Bars">Bars of the strategy's feed that were known since its training, up to then.</param>
/// <param name="Trades">Closed trades of the strategy's own account, likewise.</param>
public sealed record VersionAge(VersionExpiry Limit, long At, int Bars, int Trades);
