namespace Granary.Engine.Trading;

/// <summary>What ended a trade.</summary>
public enum ExitReason : byte
{
    /// <summary>Still open when the bars ended.</summary>
    Open,
    Signal,
    Stop,
    Target,
    TrailingStop,
    MaxBars,
    Time,
    /// <summary>The account's equity was below what its positions need.</summary>
    MarginCall,
    /// <summary>Prices had carried the portfolio beyond a limit that holds at every bar.</summary>
    Limit,
    /// <summary>The next choice of a walk-forward took over the account.</summary>
    Handover,
    /// <summary>The account's equity had reached zero: the account was closed.</summary>
    Ruined,
    /// <summary>Its symbol has stopped trading: it was closed at the last close.</summary>
    DataEnded,
}

/// <summary>
/// A round trip: one entry and all that closed it. A trade that is open at the end, and was closed in part, is two: the closed part, and
/// what is open.
/// </summary>
/// <param name="Number">The number of the signal that opened it, from 1 within its strategy run.</param>
/// <param name="Quantity">Base units, positive.</param>
/// <param name="SignalTime">Open time of the bar at whose close its signal was made, UTC ticks.</param>
/// <param name="EntryTime">Open time of the bar in which it was entered, UTC ticks.</param>
/// <param name="EntryPrice">Quote currency, slippage included.</param>
/// <param name="ExitTime">Open time of the bar in which it was closed; of the last bar where it is still open.</param>
/// <param name="ExitPrice">Volume-weighted over partial exits; the last close for what is open.</param>
/// <param name="Profit">Quote currency, before commission.</param>
/// <param name="Commission">Both sides; negative is a rebate.</param>
/// <param name="Bars">From the bar of entry to the bar of exit.</param>
/// <param name="AdverseExcursion">The worst mark against it, as a fraction of the entry price, ≥ 0; NaN where not known.</param>
/// <param name="FavourableExcursion">The best mark for it, as a fraction of the entry price, ≥ 0; NaN where not known.</param>
public readonly record struct Trade(
    int Number, Side Side, double Quantity, long SignalTime, long EntryTime, double EntryPrice, long ExitTime, double ExitPrice,
    double Profit, double Commission, int Bars, ExitReason Reason, double AdverseExcursion, double FavourableExcursion)
{
    /// <summary>Which of the strategy's symbols; 0 for a strategy of one.</summary>
    public int SymbolIndex { get; init; }

    /// <summary>
    /// Dividends that it received, less those that it owed, what its shares cost to borrow, and interest on its part of a margin loan; and
    /// the loss beyond the equity of a ruined account, which the broker bears. Quote currency.
    /// </summary>
    public double Financing { get; init; }

    public double NetProfit => Profit - Commission + Financing;

    /// <summary>Net profit over the notional at entry.</summary>
    public double Return(double multiplier = 1) => NetProfit / (EntryPrice * Quantity * multiplier);
}
