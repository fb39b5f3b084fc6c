using Granary.Engine.Trading;

namespace Granary.Simulation.TradeFiles;

/// <summary>A round trip that a program wrote down.</summary>
/// <param name="Strategy">Empty where the file names none.</param>
/// <param name="Quantity">Base units or contracts, positive.</param>
/// <param name="EntryTime">UTC ticks.</param>
/// <param name="ExitTime">UTC ticks; null while it is open.</param>
/// <param name="ExitPrice">NaN while it is open.</param>
/// <param name="Commission">Of both sides, quote currency; negative is a rebate.</param>
/// <param name="Profit">Before commission, as the file says it; NaN where it does not.</param>
/// <param name="Reason">What ended it.</param>
/// <param name="Line">Of the file, for faults; the number of the entry in a JSON file.</param>
public sealed record RecordedTrade(
    string Strategy, string Symbol, Side Side, double Quantity, long EntryTime, double EntryPrice, long? ExitTime, double ExitPrice,
    double Commission, double Profit, ExitReason Reason, long Line)
{
    public bool IsOpen => ExitTime is null;

    /// <summary>Profit for one unit of the contract, from the prices; NaN while it is open.</summary>
    public double PriceProfit => (int)Side * (ExitPrice - EntryPrice) * Quantity;
}
