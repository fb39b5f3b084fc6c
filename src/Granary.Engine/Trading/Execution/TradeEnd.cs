namespace Granary.Engine.Trading.Execution;

/// <summary>End of a trade, or its state when the bars end.</summary>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="ExitPrice">Mean over all its exits, quote currency; the open part counts at the last close.</param>
/// <param name="Profit">Quote currency, before fees and financing.</param>
/// <param name="Net">Profit after fees and financing, quote currency.</param>
/// <param name="Bars">Bars from entry to exit.</param>
internal readonly record struct TradeEnd(long Time, double ExitPrice, double Profit, double Net, int Bars, ExitReason Reason);
