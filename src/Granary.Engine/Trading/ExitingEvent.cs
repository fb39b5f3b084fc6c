using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>An exit of an open trade was sent at a bar's close.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of that bar, UTC ticks.</param>
/// <param name="Type">At the market, or on the close.</param>
/// <param name="Share">The part of the open quantity that it closes; 1 = all.</param>
/// <param name="WorksIn">Bars from that bar to the first one on which it works; 0 = the next one.</param>
/// <param name="IsByHand">Whether a fill of the strategy's follows it, which an account takes as it is.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct ExitingEvent(int Number, long Time, OrderType Type = OrderType.Market,
    ExitReason Reason = ExitReason.Signal, double Share = 1, int WorksIn = 0, bool IsByHand = false);
