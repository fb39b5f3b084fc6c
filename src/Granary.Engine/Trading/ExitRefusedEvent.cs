namespace Granary.Engine.Trading;

/// <summary>A strategy asked to close an open trade, which <see cref="TradingSettings.ExitOnSignal"/> keeps open.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar at whose close it was asked, UTC ticks.</param>
internal readonly record struct ExitRefusedEvent(int Number, long Time);
