namespace Granary.Engine.Trading.Execution;

/// <summary>How a trade ended, or how it stands when the bars end.</summary>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="ExitPrice">The mean over all its exits, quote currency; what is open counts at the last close.</param>
/// <param name="Profit">Quote currency, before fees and financing.</param>
/// <param name="Net">After fees and financing.</param>
/// <param name="Bars">From entry to exit.</param>
internal readonly record struct TradeEnd(long Time, double ExitPrice, double Profit, double Net, int Bars, ExitReason Reason);
