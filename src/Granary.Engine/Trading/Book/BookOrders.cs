using System.Runtime.CompilerServices;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Manages the life cycle of a book's orders: made, sent, delayed, refused, expired and cancelled.</summary>
internal static class BookOrders
{
    /// <summary>Returns the next signal number; signals are numbered within the strategy run, over all its books.</summary>
    public static int NextSignal(StrategyBook book)
    {
        book.SignalCount++;
        return book.Shared is null ? book.SignalCount : ++book.Shared.Signals;
    }

    /// <summary>Makes an order that is not sent yet; the reference is valid until the next order is made.</summary>
    public static ref Order New(StrategyBook book, OrderRole role, OrderType type, Side side, double quantity, long time)
    {
        ref var order = ref book.Orders.Draft();
        order.Id = BookEvents.NextOrder(book);
        order.Role = role;
        order.Type = type;
        order.Side = side;
        order.Quantity = quantity;
        order.CreatedAt = time;
        return ref order;
    }

    /// <summary>Makes an order that closes a trade.</summary>
    public static ref Order NewExit(StrategyBook book, in OpenTrade trade, OrderType type, ExitReason reason, long time)
    {
        ref var order = ref New(book, OrderRole.Exit, type, (Side)(-(int)trade.Side), trade.Quantity, time);
        order.TradeNumber = trade.Number;
        order.Reason = reason;
        order.ExpiresAt = long.MaxValue;
        return ref order;
    }

    /// <summary>Sends the order that was made last, which then waits for its fill.</summary>
    public static void Send(StrategyBook book, ref Order order)
    {
        order.Become(OrderState.Submitted);
        BookEvents.OrderChanged(book, order);
        book.Orders.Keep();
        book.Active = true;
    }

    /// <summary>Sets the bar from which an order works, if orders take longer than until the next bar.</summary>
    public static void Delay(StrategyBook book, ref Order order, int index)
    {
        if (book.HasLatency) AddLatency(book, ref order, index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddLatency(StrategyBook book, ref Order order, int index)
    {
        order.WorksFrom = book.Block.FirstIndex + index + 1 + book.Execution.LatencyBars;
        if (book.Execution.Fill != FillTiming.SameClose || order.Type != OrderType.Market || book.StaleAt != 0) return;
        // An order that would have filled on this close fills on a later one.
        order.Type = OrderType.MarketOnClose;
        order.WorksFrom--;
    }

    /// <summary>Whether an order of this type fills at the close at which it is made.</summary>
    public static bool FillsNow(StrategyBook book, OrderType type) =>
        book.Execution.Fill == FillTiming.SameClose && type == OrderType.Market && book.StaleAt == 0 && !book.HasLatency;

    /// <summary>
    /// Sets the expiry of an order that does not wait until it is cancelled, on the first bar on which it works. The signal's own expiry
    /// may be earlier.
    /// </summary>
    public static void SetExpiry(StrategyBook book, ref Order order, long time)
    {
        if (order.TimeInForce != TimeInForce.GoodTillCancelled
            && (order.ExpiresAt == long.MaxValue || book.Settings.SignalValid > TimeSpan.Zero)) Expire(book, ref order, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Expire(StrategyBook book, ref Order order, long time)
    {
        var end = order.TimeInForce switch
        {
            TimeInForce.Day => book.Instrument.Calendar.EndOfDay(time),
            TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill => time,
            TimeInForce.GoodTillCancelled or TimeInForce.GoodTillDate => order.ExpiresAt,
        };
        order.ExpiresAt = Math.Min(order.ExpiresAt, end);
    }

    /// <summary>Refuses an entry before it is sent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Reject(StrategyBook book, ref Order order, SignalEnd end, long time)
    {
        order.Become(OrderState.Rejected);
        BookEvents.OrderChanged(book, order);
        BookEvents.SignalEnded(book, order.TradeNumber, end, time);
        BookTriggers.Refresh(book);
    }

    /// <summary>Removes a waiting order that has not filled completely.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Drop(StrategyBook book, int at, OrderState state, long time)
    {
        ref var order = ref book.Orders[at];
        order.Become(state);
        BookEvents.OrderChanged(book, order);
        if (order.Role == OrderRole.Entry)
        {
            book.Orders.CountEntry(order.Side, -1);
            if (order.FilledQuantity > 0) EntryEnded(book, order.TradeNumber, time);
            else BookEvents.SignalEnded(book, order.TradeNumber, state switch
            {
                OrderState.Expired => SignalEnd.Expired,
                OrderState.Rejected => SignalEnd.NoCash,
                _ => SignalEnd.Cancelled,
            }, time);
        }
        book.Orders.RemoveAt(at);
    }

    private static void EntryEnded(StrategyBook book, int number, long time)
    {
        var at = book.OpenTrades.IndexOf(number);
        if (at >= 0) book.OpenTrades[at].EntryWorking = false;
        BookEvents.EntryEnded(book, number, time);
    }

    /// <summary>Cancels the remainder of a trade's entry.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CancelEntryOf(StrategyBook book, int number, long time)
    {
        for (var i = book.Orders.Count - 1; i >= 0; i--)
            if (book.Orders[i].Role == OrderRole.Entry && book.Orders[i].TradeNumber == number)
                Drop(book, i, OrderState.Cancelled, time);
    }

    /// <summary>Cancels the waiting entries of a side.</summary>
    public static void CancelEntries(StrategyBook book, Side side, long time)
    {
        for (var i = book.Orders.Count - 1; i >= 0; i--)
            if (book.Orders[i].Role == OrderRole.Entry && book.Orders[i].Side == side)
                Drop(book, i, OrderState.Cancelled, time);
        BookTriggers.Refresh(book);
    }

    /// <summary>Cancels the waiting exits of a trade.</summary>
    public static void CancelExitsOf(StrategyBook book, int number, long time)
    {
        for (var i = book.Orders.Count - 1; i >= 0; i--)
            if (book.Orders[i].Role == OrderRole.Exit && book.Orders[i].TradeNumber == number)
                Drop(book, i, OrderState.Cancelled, time);
    }

    public static void CancelAll(StrategyBook book, long time)
    {
        while (book.Orders.Count > 0) Drop(book, book.Orders.Count - 1, OrderState.Cancelled, time);
    }

    /// <returns>false if no such order is waiting.</returns>
    public static bool Cancel(StrategyBook book, OrderId id, long time)
    {
        var at = book.Orders.IndexOf(id);
        if (at < 0) return false;
        Drop(book, at, OrderState.Cancelled, time);
        BookTriggers.Refresh(book);
        return true;
    }

    /// <summary>Expires waiting entries after the instrument has stopped trading.</summary>
    public static void ExpireEntries(StrategyBook book, long time)
    {
        var waiting = book.Orders.Count;
        for (var i = book.Orders.Count - 1; i >= 0; i--)
            if (book.Orders[i].Role is OrderRole.Entry or OrderRole.Net)
                Drop(book, i, OrderState.Expired, time);
        if (book.Orders.Count != waiting) BookTriggers.Refresh(book);
    }

    /// <summary>Ends the signals of entries that are still waiting when the run ends.</summary>
    public static void EndWaiting(StrategyBook book, long time)
    {
        for (var i = book.Orders.Count - 1; i >= 0; i--)
        {
            if (book.Orders[i].Role != OrderRole.Entry || book.Orders[i].FilledQuantity > 0) continue;
            BookEvents.SignalEnded(book, book.Orders[i].TradeNumber, SignalEnd.Unfilled, time);
        }
    }

    /// <summary>Books a fill on its order; true if the order is now completely filled.</summary>
    public static bool Fill(StrategyBook book, ref Order order, double quantity, double price)
    {
        var before = order.FilledQuantity;
        var whole = quantity == order.Rest;
        order.FilledPrice = before == 0 ? price : (order.FilledPrice * before + price * quantity) / (before + quantity);
        order.FilledQuantity = whole ? order.Quantity : before + quantity;
        order.Become(whole ? OrderState.Filled : OrderState.PartiallyFilled);
        BookEvents.OrderChanged(book, order);
        if (whole && order.Role == OrderRole.Entry) book.Orders.CountEntry(order.Side, -1);
        return whole;
    }
}
