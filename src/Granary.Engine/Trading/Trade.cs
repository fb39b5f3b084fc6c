using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>
/// A round trip: one entry and its exits. A trade that was partly closed and is open at the end appears as two: its closed part and its
/// open part.
/// </summary>
/// <param name="Number">The number of the signal that opened it, from 1 within its strategy run.</param>
/// <param name="Quantity">Base units, positive.</param>
/// <param name="SignalTime">Open time of the bar at whose close its signal was made, UTC ticks.</param>
/// <param name="EntryTime">Open time of the bar in which it was entered, UTC ticks.</param>
/// <param name="EntryPrice">Quote currency, slippage included.</param>
/// <param name="ExitTime">Open time of the bar in which it was closed, or of the last bar if it is open; UTC ticks.</param>
/// <param name="ExitPrice">Volume-weighted over partial exits; the last close for an open part.</param>
/// <param name="Profit">Account currency, before commission.</param>
/// <param name="Commission">Both sides; negative is a rebate.</param>
/// <param name="Bars">Bars from the bar of entry to the bar of exit.</param>
/// <param name="AdverseExcursion">The worst price against it, as a fraction of the entry price, ≥ 0; NaN if unknown.</param>
/// <param name="FavourableExcursion">The best price for it, as a fraction of the entry price, ≥ 0; NaN if unknown.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct Trade(
    int Number, Side Side, double Quantity, long SignalTime, long EntryTime, double EntryPrice, long ExitTime, double ExitPrice,
    double Profit, double Commission, int Bars, ExitReason Reason, double AdverseExcursion, double FavourableExcursion)
{
    /// <summary>Index among the strategy's symbols; 0 if it has one.</summary>
    public int SymbolIndex { get; init; }

    /// <summary>
    /// Dividends received less those owed, borrow fees, and interest on its share of a margin loan, in account currency. For a ruined
    /// account it also has the loss beyond the equity, which the broker bears.
    /// </summary>
    public double Financing { get; init; }

    /// <summary>
    /// The value of one unit of the instrument's currency at which profit, commission and financing were counted in the account's currency.
    /// </summary>
    public double Rate { get; init; } = 1;

    /// <summary>
    /// The part of <see cref="Profit"/> that came from rolls to other contracts: prices of entry and exit are those of their own contracts.
    /// </summary>
    public double RollProfit { get; init; }

    public double NetProfit => Profit - Commission + Financing;

    /// <summary>Net profit over the notional at entry, both in the currency of the prices.</summary>
    public double Return(double multiplier = 1) => NetProfit / (Math.Abs(EntryPrice) * Quantity * multiplier * Rate);

    /// <summary>The trade with amounts in the currency of its prices, as one in the account's.</summary>
    public Trade In(double rate) => this with
    {
        Profit = Profit * rate,
        Commission = Commission * rate,
        Financing = Financing * rate,
        RollProfit = RollProfit * rate,
        Rate = rate,
    };
}
