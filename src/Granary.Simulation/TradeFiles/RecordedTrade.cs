using Granary.Engine.Trading;

namespace Granary.Simulation.TradeFiles;

/// <summary>A round-trip trade that another program recorded.</summary>
/// <param name="Strategy">Name of the strategy; empty if the file has none.</param>
/// <param name="Quantity">Base units or contracts, positive.</param>
/// <param name="EntryTime">Entry time, UTC ticks.</param>
/// <param name="ExitTime">Exit time, UTC ticks; null while the trade is open.</param>
/// <param name="ExitPrice">NaN while the trade is open.</param>
/// <param name="Commission">Commission of both sides, quote currency; negative for a rebate.</param>
/// <param name="Profit">Profit before commission as in the file; NaN if the file has none.</param>
/// <param name="Reason">Reason of the exit.</param>
/// <param name="Line">Line in the file, for error messages; in a JSON file, the number of the entry.</param>
internal sealed record RecordedTrade(
    string Strategy, string Symbol, Side Side, double Quantity, long EntryTime, double EntryPrice, long? ExitTime, double ExitPrice,
    double Commission, double Profit, ExitReason Reason, long Line)
{
    public bool IsOpen => ExitTime is null;

    /// <summary>Profit from the prices with a multiplier of 1; NaN while the trade is open.</summary>
    public double PriceProfit => (int)Side * (ExitPrice - EntryPrice) * Quantity;
}
