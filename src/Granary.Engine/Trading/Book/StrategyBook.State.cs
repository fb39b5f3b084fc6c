namespace Granary.Engine.Trading.Book;

// The state of the book, for readers.
internal sealed partial class StrategyBook
{
    /// <summary>Copies the open trades and the waiting orders.</summary>
    /// <param name="barNumber">Feed index of the last bar.</param>
    public SymbolState ReadState(long barNumber)
    {
        var trades = new OpenTradeState[_trades.Count];
        for (var i = 0; i < trades.Length; i++)
        {
            ref var trade = ref _trades[i];
            trades[i] = new OpenTradeState(trade.Number, trade.Side, trade.Quantity, trade.EntryPrice, trade.EntryTime,
                trade.Protection.WorkingStop(trade.Side).Price, trade.Protection.Target, trade.Exiting);
        }
        var orders = new Order[_orders.Count];
        for (var i = 0; i < orders.Length; i++) orders[i] = _orders[i];
        return new SymbolState(NetQuantity, trades, orders, trades.Length == 0 ? -1 : BarsInTrade(barNumber));
    }
}
