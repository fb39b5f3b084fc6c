using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>A signal ended without a trade.</summary>
/// <param name="Time">Open time of the bar at which it ended, UTC ticks.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct SignalEndedEvent(int Number, SignalEnd End, long Time);
