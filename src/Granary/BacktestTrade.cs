using Granary.Engine.Trading;

namespace Granary;

/// <summary>A round trip: one entry and its exits. What is open at the end comes with the price of the last close.</summary>
/// <param name="Strategy">Id of its strategy.</param>
/// <param name="Symbol">Its instrument.</param>
/// <param name="Side">Buy of a long trade, sell of a short one.</param>
/// <param name="Quantity">Base units, positive.</param>
/// <param name="EntryTime">Open time of the bar of entry, UTC.</param>
/// <param name="EntryPrice">Quote currency, slippage included.</param>
/// <param name="ExitTime">Open time of the bar of exit, UTC.</param>
/// <param name="ExitPrice">Quote currency; the average of several exits by volume.</param>
/// <param name="Profit">Net of commission and financing, account currency.</param>
/// <param name="Commission">Of entry and exit; negative is a rebate.</param>
/// <param name="Bars">Bars from entry to exit.</param>
/// <param name="ExitReason">Why it was closed; <see cref="ExitReason.Open"/> if it was not.</param>
public sealed record BacktestTrade(string Strategy, string Symbol, Side Side, double Quantity, DateTime EntryTime, double EntryPrice,
    DateTime ExitTime, double ExitPrice, double Profit, double Commission, int Bars, ExitReason ExitReason)
{
    internal static BacktestTrade Of(Reporting.Runs.StrategyEntry strategy, in Trade trade) =>
        new(strategy.Id, strategy.SymbolOf(trade), trade.Side, trade.Quantity, Utc(trade.EntryTime), trade.EntryPrice, Utc(trade.ExitTime),
            trade.ExitPrice, trade.NetProfit, trade.Commission, trade.Bars, trade.Reason);

    internal static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
