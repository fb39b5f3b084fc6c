using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>A strategy moved the stop of an open trade.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar at whose close it was moved, UTC ticks.</param>
/// <param name="Price">The new stop price.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct StopMovedEvent(int Number, long Time, double Price);
