using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Fills manual orders, which first close open trades on the other side and then open a trade with the remainder.</summary>
internal static class BookNetFills
{
    // Of an order that was cut rounding may leave a crumb of this part of it, which opens no trade.
    private const double Crumb = 1e-9;

    /// <returns>Whether the order, or another, is not waiting any more.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Fill(StrategyBook book, int at, double quantity, double reference, in Bar bar, int index, bool atOpen)
    {
        var order = book.Orders[at];
        var price = BookFills.PriceOf(book, order, reference, quantity, bar);
        var waiting = book.Orders.Count;
        if (!Pay(book, at, ref quantity, price, out var crumb))
        {
            BookEvents.CashShort(book, bar.Time);
            BookOrders.Drop(book, at, order.FilledQuantity == 0 ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
            return true;
        }
        var paid = order.Fees;
        var fees = new SplitFee(book, price, quantity,
            book.HasProportionalFees ? 0 : BookFees.Next(book, price.Price, quantity, price.IsMaker, bar.Time, ref paid));
        book.Orders[at].Fees = paid;
        if (BookOrders.Fill(book, ref book.Orders[at], quantity, price.Price)) book.Orders.RemoveAt(at);
        var left = Close(book, order, quantity, price, ref fees, bar, index);
        if (left > crumb)
        {
            var fee = fees.Of(left, isLast: true);
            var fill = new TradeFill(0, bar.Time, price.Price, left, fee, order.Id, IsEntry: true, IsFirst: false, price.IsMaker);
            Open(book, ref order, fill, reference, bar, index, atOpen);
        }
        for (var i = book.Orders.Count - 1; i >= 0; i--)
            if (book.Orders[i].Id == order.Id) book.Orders[i].TradeNumber = order.TradeNumber;
            else if (order.OcoGroup != 0 && book.Orders[i].OcoGroup == order.OcoGroup) BookOrders.Drop(book, i, OrderState.Cancelled,
                bar.Time);
        return book.Orders.Count != waiting;
    }

    // Whether the account can pay for what the fill opens, cut to that where the batch allows it.
    private static bool Pay(StrategyBook book, int at, ref double quantity, FillPrice price, out double crumb)
    {
        ref var order = ref book.Orders[at];
        var (opens, released) = (quantity, 0.0);
        for (var i = 0; i < book.OpenTrades.Count && opens > 0; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Side == order.Side) continue;
            var part = Math.Min(opens, trade.Quantity);
            opens -= part;
            released += book.Power.Released(trade, part, price.Price);
        }
        crumb = 0;
        if (!(opens > 0)) return true;
        if (!BuyingPower.Exceeds(book.Power.Cost(price.Price, opens, price.IsMaker),
            BookFunds.Available(book, price.Price) + released)) return true;
        if (!book.Settings.ResizeToCash) return false;
        var rest = quantity - opens
            + BookFunds.Payable(book, opens, price.Price, BookFunds.Available(book, price.Price) + released, price.IsMaker);
        if (!(rest > 0)) return false;
        order.Quantity = order.FilledQuantity + rest;
        quantity = order.Rest;
        crumb = Crumb * quantity;
        return true;
    }

    // Closes open trades on the other side; returns the remaining quantity of the fill.
    private static double Close(StrategyBook book, in Order order, double quantity, FillPrice price, ref SplitFee fees, in Bar bar,
        int index)
    {
        var left = quantity;
        for (var i = 0; i < book.OpenTrades.Count && left > 0; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Side == order.Side) continue;
            var part = Math.Min(left, trade.Quantity);
            left -= part;
            var fee = fees.Of(part, isLast: !(left > 0));
            var fill = new TradeFill(trade.Number, bar.Time, price.Price, part, fee, order.Id, IsEntry: false, IsFirst: false,
                price.IsMaker);
            if (BookTrades.Close(book, i, fill, ExitReason.Signal, bar, index)) i--;
        }
        return left;
    }

    // Opens a trade, or adds to the one that an earlier fill of the order has opened.
    private static void Open(StrategyBook book, ref Order order, in TradeFill fill, double reference, in Bar bar, int index, bool atOpen)
    {
        if (order.TradeNumber != 0 && book.OpenTrades.IndexOf(order.TradeNumber) >= 0)
        {
            BookTrades.Increase(book, order, fill with { Number = order.TradeNumber }, bar, index);
            return;
        }
        order.TradeNumber = BookOrders.NextSignal(book);
        BookEvents.SignalledByFill(book, order, reference, fill.Quantity);
        BookTrades.Open(book, order, fill with { Number = order.TradeNumber, IsFirst = true }, bar, index, atOpen);
    }

    // A fee that is not proportional to size is split by quantity over the trades that the fill closes and opens; the last part takes the
    // remainder.
    private struct SplitFee(StrategyBook book, FillPrice price, double quantity, double fees)
    {
        private double _left = fees;

        public double Of(double part, bool isLast)
        {
            if (book.HasProportionalFees) return book.Execution.Fee.Fee(price.Price, part, book.Multiplier, price.IsMaker);
            var fee = isLast ? _left : _left * (part / quantity);
            _left -= fee;
            return fee;
        }
    }
}
