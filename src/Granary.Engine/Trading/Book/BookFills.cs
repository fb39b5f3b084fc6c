using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>From an order and a reference price to a fill: how much of it, at which price, for which fee, and whether the account can pay
/// it.</summary>
internal static class BookFills
{
    /// <summary>How much of a quantity the bar's volume allows, in whole lots.</summary>
    public static double Fillable(StrategyBook book, double wanted, in Bar bar, int index) =>
        book.Volume.Fitting(wanted, book.Block.FirstIndex + index,
        book.Execution.VolumeShare * bar.Volume, book.Instrument);

    private static double Fillable(StrategyBook book, in Order order, in Bar bar, int index)
    {
        var most = Fillable(book, order.Rest, bar, index);
        return order.TimeInForce == TimeInForce.FillOrKill && most < order.Rest ? 0 : most;
    }

    /// <summary>
    /// Fills a waiting order, whole or as far as the bar's volume allows; true where it is not waiting any more (or others are not).
    /// </summary>
    /// <param name="reference">From the <see cref="FillRule"/>.</param>
    public static bool Fill(StrategyBook book, int at, double reference, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref book.Orders[at];
        var quantity = order.Quantity;
        if (book.IsVolumeLimited)
        {
            quantity = Fillable(book, order, bar, index);
            if (quantity <= 0) return false;
        }
        if (order.Role == OrderRole.Net) return BookNetFills.Fill(book, at, quantity, reference, bar, index, atOpen);
        var price = PriceOf(book, order, reference, quantity, bar);
        return order.Role == OrderRole.Entry
            ? FillEntry(book, at, quantity, price, bar, index, atOpen)
            : FillExit(book, at, quantity, price, bar, index);
    }

    /// <summary>The price at which an order fills from a reference price.</summary>
    public static FillPrice PriceOf(StrategyBook book, in Order order, double reference, double quantity, in Bar bar) =>
        book.FillRule.Price(order.Type, order.Side, order.LimitPrice, reference, quantity, bar);

    private static bool FillEntry(StrategyBook book, int at, double quantity, FillPrice price, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref book.Orders[at];
        var paid = order.Fees;
        var fee = BookFees.Next(book, price.Price, quantity, price.IsMaker, bar.Time, ref paid);
        var first = order.FilledQuantity == 0;
        if (BuyingPower.Exceeds(book.Power.Outlay(price.Price, quantity) + fee, BookFunds.Available(book, price.Price))
            && !(book.Settings.ResizeToCash && Resize(book, ref order, ref quantity, price, bar.Time, ref paid, ref fee)))
        {
            BookEvents.CashShort(book, bar.Time);
            BookOrders.Drop(book, at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
            return true;
        }
        order.Fees = paid;
        var whole = BookOrders.Fill(book, ref order, quantity, price.Price);
        var fill = new TradeFill(order.TradeNumber, bar.Time, price.Price, quantity, fee, order.Id, IsEntry: true, first, price.IsMaker);
        if (first) BookTrades.Open(book, order, fill, bar, index, atOpen);
        else BookTrades.Increase(book, order, fill, bar, index);
        if (whole) book.Orders.RemoveAt(at);
        return whole;
    }

    private static bool FillExit(StrategyBook book, int at, double quantity, FillPrice price, in Bar bar, int index)
    {
        ref var order = ref book.Orders[at];
        var paid = order.Fees;
        var fee = BookFees.Next(book, price.Price, quantity, price.IsMaker, bar.Time, ref paid);
        order.Fees = paid;
        var (number, id, reason) = (order.TradeNumber, order.Id, order.Reason);
        var whole = BookOrders.Fill(book, ref order, quantity, price.Price);
        if (whole) book.Orders.RemoveAt(at);
        var trade = book.OpenTrades.IndexOf(number);
        if (trade < 0) return whole;
        if (whole) quantity = book.OpenTrades[trade].Quantity;
        var fill = new TradeFill(number, bar.Time, price.Price, quantity, fee, id, IsEntry: false, IsFirst: false, price.IsMaker);
        BookTrades.Close(book, trade, fill, reason, bar, index);
        return whole;
    }

    // Cuts an entry to what can be paid at this price; false where that is nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Resize(StrategyBook book, ref Order order, ref double quantity, FillPrice price, long time, ref OrderFees paid,
        ref double fee)
    {
        var available = BookFunds.Available(book, price.Price);
        var payable = BookFunds.Payable(book, quantity, price.Price, available, price.IsMaker);
        if (!(payable > 0)) return false;
        var before = order.Quantity;
        order.Quantity = order.FilledQuantity + payable;
        quantity = order.Rest;
        paid = order.Fees;
        fee = BookFees.Next(book, price.Price, quantity, price.IsMaker, time, ref paid);
        // A fee by turnover may be more than the usual one.
        if (BuyingPower.Exceeds(book.Power.Outlay(price.Price, quantity) + fee, available))
        {
            order.Quantity = before;
            return false;
        }
        BookEvents.EntryCut(book, order.TradeNumber, time, quantity);
        return true;
    }

    /// <summary>Fills an order at the close at which it was made.</summary>
    public static void FillAtClose(StrategyBook book, int at, int index)
    {
        var bar = book.Block[index];
        var trades = book.OpenTrades.Count;
        BookOrders.SetExpiry(book, ref book.Orders[at], bar.Time);
        Fill(book, at, bar.Close, bar, index, atOpen: false);
        // The close at which it was entered is a close since the entry.
        if (book.OpenTrades.Count > trades && book.OpenTrades.Last.Protection.TrailFraction > 0)
        {
            book.OpenTrades.Last.Protection.Trail(book.OpenTrades.Last.Side, bar, sinceOpen: false, book.Instrument);
            BookEvents.Protected(book, book.OpenTrades.Last, bar.Time);
        }
        if (book.IsRuined) BookOrders.CancelAll(book, bar.Time);
        BookTriggers.Refresh(book);
    }
}
