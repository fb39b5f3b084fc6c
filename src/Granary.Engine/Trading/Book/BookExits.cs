using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Orders that close trades: a strategy's exits, exits by time, a call for margin, and the hand-over of the account.</summary>
internal static class BookExits
{
    /// <summary>Sends an exit; true where it has filled at once.</summary>
    public static bool Close(StrategyBook book, ref OpenTrade trade, int index, OrderType type, ExitReason reason)
    {
        if (trade.EntryWorking) BookOrders.CancelEntryOf(book, trade.Number, book.TimeAt(index));
        ref var order = ref BookOrders.NewExit(book, trade, type, reason, book.TimeAt(index));
        BookOrders.Delay(book, ref order, index);
        BookOrders.Send(book, ref order);
        trade.Exiting = true;
        if (!BookOrders.FillsNow(book, type)) return false;
        BookFills.FillAtClose(book, book.Orders.Count - 1, index);
        return true;
    }

    /// <summary>Closes trades whose time is over, at the next open; moves trailing stops first.</summary>
    public static void EndBar(StrategyBook book, in Bar bar, int index)
    {
        var feedIndex = book.Block.FirstIndex + index;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Protection.TrailFraction > 0)
            {
                var sinceOpen = trade.EntryIndex < feedIndex || trade.EnteredAtOpen;
                trade.Protection.Trail(trade.Side, bar, sinceOpen, book.Instrument);
                BookEvents.Protected(book, trade, bar.Time);
            }
            if (trade.Exiting) continue;
            var filled = book.Settings.MaxBars > 0 && feedIndex - trade.FirstWholeBar + 1 >= book.Settings.MaxBars
                ? Close(book, ref trade, index, OrderType.Market, ExitReason.MaxBars)
                : book.Timeframe.CloseOf(bar.Time) >= trade.TimeExit && Close(book, ref trade, index, OrderType.Market, ExitReason.Time);
            if (filled) i--;
        }
    }

    /// <summary>Closes all trades at the next open, since the account's equity is below the maintenance requirement.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CallMargin(StrategyBook book, int index)
    {
        if (book.IsClosed) return;
        BookOrders.CancelEntries(book, Side.Buy, book.TimeAt(index));
        BookOrders.CancelEntries(book, Side.Sell, book.TimeAt(index));
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Exiting) continue;
            // The broker does it, without latency.
            if (Close(book, ref trade, index, OrderType.Market, ExitReason.MarginCall)) i--;
            else book.Orders.Last.WorksFrom = 0;
        }
        BookTriggers.Refresh(book);
    }

    /// <summary>Cancels waiting orders and closes open trades at the open of the next bar.</summary>
    /// <param name="time">Open time of the bar before, UTC ticks: a split between the bars changes the exits too.</param>
    public static void HandOver(StrategyBook book, long time)
    {
        if (book.IsClosed) return;
        for (var i = book.Orders.Count - 1; i >= 0; i--)
            if (book.Orders[i].Role != OrderRole.Exit)
                BookOrders.Drop(book, i, OrderState.Cancelled, time);
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Exiting) continue;
            ref var order = ref BookOrders.NewExit(book, trade, OrderType.Market, ExitReason.Handover, time);
            BookOrders.Send(book, ref order);
            trade.Exiting = true;
        }
        BookTriggers.Refresh(book);
    }
}
