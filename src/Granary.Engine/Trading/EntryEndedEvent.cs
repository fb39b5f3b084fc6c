using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>The rest of a trade's entry is not filled any more.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct EntryEndedEvent(int Number, long Time);
