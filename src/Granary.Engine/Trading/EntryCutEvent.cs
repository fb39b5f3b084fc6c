using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>An entry was reduced to the quantity that the account can pay, or borrow for a short position.</summary>
/// <param name="Number">The number of the signal.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Rest">The quantity that is still to be filled, base units.</param>
/// <param name="IsBorrowed">Whether it is what could be borrowed.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct EntryCutEvent(int Number, long Time, double Rest, bool IsBorrowed = false);
