namespace Granary.Engine.Trading;

/// <summary>The levels that protect an open trade were set or changed.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">
/// Open time of the bar, UTC ticks. Levels of an entry and of a split work in that bar; a stop that is moved or trails is moved at the
/// bar's close and works from the next bar on.
/// </param>
/// <param name="Stop">The stop or trailing stop that the market reaches first, quote currency; 0 = none.</param>
/// <param name="Target">Quote currency; 0 = none.</param>
internal readonly record struct LevelsEvent(int Number, long Time, double Stop, double Target);
