using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>From an order and a reference price to a fill: how much of it, at which price, for which fee, and whether the account can pay
/// it.</summary>
internal readonly struct BookFills(StrategyBook book)
{
    private BookOrders Orders => new(book);

    private BookTrades Trades => new(book);

    /// <summary>How much of a quantity the bar's volume allows, in whole lots.</summary>
    public double Fillable(double wanted, in Bar bar, int index) => book.Volume.Fitting(wanted, book.Block.FirstIndex + index,
        book.Execution.VolumeShare * bar.Volume, book.Instrument);

    private double Fillable(in Order order, in Bar bar, int index)
    {
        var most = Fillable(order.Rest, bar, index);
        return order.TimeInForce == TimeInForce.FillOrKill && most < order.Rest ? 0 : most;
    }

    /// <summary>
    /// Fills a waiting order, whole or as far as the bar's volume allows; true where it is not waiting any more (or others are not).
    /// </summary>
    /// <param name="reference">From the <see cref="FillRule"/>.</param>
    public bool Fill(int at, double reference, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref book.Orders[at];
        var quantity = order.Quantity;
        if (book.IsVolumeLimited)
        {
            quantity = Fillable(order, bar, index);
            if (quantity <= 0) return false;
        }
        var price = book.FillRule.Price(order.Type, order.Side, order.LimitPrice, reference, quantity, bar);
        return order.Role switch
        {
            OrderRole.Net => new BookNetFills(book).Fill(at, quantity, reference, price, bar, index, atOpen),
            OrderRole.Entry => FillEntry(at, quantity, price, bar, index, atOpen),
            _ => FillExit(at, quantity, price, bar, index),
        };
    }

    private bool FillEntry(int at, double quantity, FillPrice price, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref book.Orders[at];
        var paid = order.Fees;
        var fee = new BookFees(book).Next(price.Price, quantity, price.IsMaker, bar.Time, ref paid);
        var first = order.FilledQuantity == 0;
        if (BuyingPower.Exceeds(book.Power.Outlay(price.Price, quantity) + fee, new BookFunds(book).Available(price.Price))
            && !(book.Settings.ResizeToCash && Resize(ref order, ref quantity, price, bar.Time, ref paid, ref fee)))
        {
            new BookEvents(book).CashShort(bar.Time);
            Orders.Drop(at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
            return true;
        }
        order.Fees = paid;
        var whole = Orders.Fill(ref order, quantity, price.Price);
        var fill = new TradeFill(order.TradeNumber, bar.Time, price.Price, quantity, fee, order.Id, IsEntry: true, first, price.IsMaker);
        if (first) Trades.Open(order, fill, bar, index, atOpen);
        else Trades.Increase(order, fill, bar, index);
        if (whole) book.Orders.RemoveAt(at);
        return whole;
    }

    private bool FillExit(int at, double quantity, FillPrice price, in Bar bar, int index)
    {
        ref var order = ref book.Orders[at];
        var paid = order.Fees;
        var fee = new BookFees(book).Next(price.Price, quantity, price.IsMaker, bar.Time, ref paid);
        order.Fees = paid;
        var (number, id, reason) = (order.TradeNumber, order.Id, order.Reason);
        var whole = Orders.Fill(ref order, quantity, price.Price);
        if (whole) book.Orders.RemoveAt(at);
        var trade = book.OpenTrades.IndexOf(number);
        if (trade < 0) return whole;
        if (whole) quantity = book.OpenTrades[trade].Quantity;
        var fill = new TradeFill(number, bar.Time, price.Price, quantity, fee, id, IsEntry: false, IsFirst: false, price.IsMaker);
        Trades.Close(trade, fill, reason, bar, index);
        return whole;
    }

    // Cuts an entry to what can be paid at this price; false where that is nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Resize(ref Order order, ref double quantity, FillPrice price, long time, ref OrderFees paid, ref double fee)
    {
        var funds = new BookFunds(book);
        var available = funds.Available(price.Price);
        var payable = funds.Payable(quantity, price.Price, available, price.IsMaker);
        if (!(payable > 0)) return false;
        var before = order.Quantity;
        order.Quantity = order.FilledQuantity + payable;
        quantity = order.Rest;
        paid = order.Fees;
        fee = new BookFees(book).Next(price.Price, quantity, price.IsMaker, time, ref paid);
        // A fee by turnover may be more than the usual one.
        if (BuyingPower.Exceeds(book.Power.Outlay(price.Price, quantity) + fee, available))
        {
            order.Quantity = before;
            return false;
        }
        new BookEvents(book).EntryCut(order.TradeNumber, time, quantity);
        return true;
    }

    /// <summary>Fills an order at the close at which it was made.</summary>
    public void FillAtClose(int at, int index)
    {
        var bar = book.Block[index];
        var trades = book.OpenTrades.Count;
        Orders.SetExpiry(ref book.Orders[at], bar.Time);
        Fill(at, bar.Close, bar, index, atOpen: false);
        // The close at which it was entered is a close since the entry.
        if (book.OpenTrades.Count > trades && book.OpenTrades.Last.Protection.TrailFraction > 0)
            book.OpenTrades.Last.Protection.Trail(book.OpenTrades.Last.Side, bar.Close, book.Instrument);
        if (book.IsRuined) Orders.CancelAll(bar.Time);
        new BookTriggers(book).Refresh();
    }
}
