using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>The shares of an open trade were split.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="ExDate">Ex date of the split, UTC ticks; the same for all holders.</param>
/// <param name="Ratio">New shares per old share; the price is divided by it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct SplitEvent(int Number, long Time, long ExDate, double Ratio);
