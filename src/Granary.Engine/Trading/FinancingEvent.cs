using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>An open trade has brought or cost cash.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Amount">Quote currency per unit that is open of it; negative is a cost.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct FinancingEvent(int Number, long Time, FinancingKind Kind, double Amount);
