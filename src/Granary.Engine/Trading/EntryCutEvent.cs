namespace Granary.Engine.Trading;

/// <summary>An entry was made smaller, to what the account can pay.</summary>
/// <param name="Number">Of the signal.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Rest">Base units that are to come of it.</param>
public readonly record struct EntryCutEvent(int Number, long Time, double Rest);
