using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>The strategy's own account could not pay for an entry, or for a part of it.</summary>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct CashShortEvent(long Time);
