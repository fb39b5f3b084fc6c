namespace Granary.Engine.Trading;

/// <summary>The account of a strategy run after its last bar.</summary>
/// <param name="Cash">Account currency.</param>
/// <param name="Equity">Cash and open positions at the last closes, account currency.</param>
/// <param name="Symbols">One for each symbol of the run, in its order.</param>
internal sealed record AccountState(double Cash, double Equity, IReadOnlyList<SymbolState> Symbols);

/// <summary>Position and orders of a strategy run in one of its symbols.</summary>
/// <param name="Quantity">Longs less shorts, base units.</param>
/// <param name="Trades">The open trades, in the order of their entries.</param>
/// <param name="Orders">The orders that wait for a bar, in the order of their making. Stops and targets are part of the trades.</param>
/// <param name="BarsInTrade">Bars since the entry of the newest open trade; -1 without one.</param>
internal sealed record SymbolState(double Quantity, IReadOnlyList<OpenTradeState> Trades, IReadOnlyList<Order> Orders, long BarsInTrade);

/// <summary>An open trade.</summary>
/// <param name="Number">The number of the signal that opened it.</param>
/// <param name="Quantity">Base units that are open.</param>
/// <param name="EntryTime">Open time of the bar of its entry, UTC ticks.</param>
/// <param name="Stop">The stop or trailing stop that the market reaches first, quote currency; 0 = none.</param>
/// <param name="Target">Quote currency; 0 = none.</param>
/// <param name="IsExiting">Whether an exit at the market was sent.</param>
internal sealed record OpenTradeState(int Number, Side Side, double Quantity, double EntryPrice, long EntryTime, double Stop, double Target,
    bool IsExiting);
