using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>A market exit of an open trade was sent before the next signal, which its proceeds can pay for.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar at whose close the signal was made, UTC ticks.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct ExitingEvent(int Number, long Time);
