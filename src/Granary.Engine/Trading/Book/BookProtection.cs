using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Fills the stops and targets of open trades.</summary>
internal static class BookProtection
{
    /// <summary>Whether the trade's stop or target closed it on this bar, or on this part of it.</summary>
    public static bool Try(StrategyBook book, int at, in Bar part, in Bar bar, int index)
    {
        ref var trade = ref book.OpenTrades[at];
        var feedIndex = book.Block.FirstIndex + index;
        if (feedIndex < trade.ProtectedFrom || trade.Protection.IsNone) return false;
        // The trade was entered within the part that is being tried, so it was only exposed to the remainder of that part.
        var enteredHere = trade.EntryIndex == feedIndex && !trade.EnteredAtOpen && trade.EntryStep == book.Step;
        var touch = trade.Protection.Touch(trade.Side, part, trade.TargetWaits && enteredHere);
        if (touch.IsNone) return false;
        // The market may have traded beyond the smaller bars before an entry on one of them.
        if (book.Step == BarStep.Beyond && trade.EntryIndex == feedIndex && trade.EntryStep > 0) return false;
        // The market's price before the range is tried: the open, or the price of an entry after the open.
        var from = enteredHere ? trade.EntryPrice : part.Open;
        var stopFirst = book.Execution.UsePath ? IsStopFirst(book, trade, touch, from,
            bar) : book.Execution.Intrabar == IntrabarRule.StopFirst;
        return touch.Stopped && (!touch.Reached || stopFirst)
            ? Stop(book, at, touch, from, bar, index) : TakeProfit(book, at, from, bar, index);
    }

    private static bool Stop(StrategyBook book, int at, in ProtectionTouch touch, double from, in Bar bar, int index)
    {
        ref var trade = ref book.OpenTrades[at];
        if (book.IsVolumeLimited)
            return StopInParts(book, at, FillRule.StopReference(trade.Side, touch.Stop, from), touch.Reason, bar, index);
        var price = book.FillRule.StopPrice(trade.Side, touch.Stop, from, trade.Quantity, bar);
        var paid = default(OrderFees);
        var fee = BookFees.Next(book, price, trade.Quantity, maker: false, bar.Time, ref paid);
        var fill = new TradeFill(trade.Number, bar.Time, price, trade.Quantity, fee, default, IsEntry: false, IsFirst: false,
            IsMaker: false);
        BookTrades.Close(book, at, fill, touch.Reason, bar, index);
        return true;
    }

    private static bool TakeProfit(StrategyBook book, int at, double from, in Bar bar, int index)
    {
        ref var trade = ref book.OpenTrades[at];
        var quantity = trade.Quantity;
        if (book.IsVolumeLimited)
        {
            quantity = BookFills.Fillable(book, quantity, bar, index);
            if (quantity <= 0) return false;
            if (trade.TargetOrder.IsNone) trade.TargetOrder = BookEvents.NextOrder(book);
        }
        var (price, maker) = book.FillRule.TargetPrice(trade.Side, trade.Protection.Target, from, quantity, bar);
        var fee = BookFees.Next(book, price, quantity, maker, bar.Time, ref trade.TargetFees);
        var order = book.IsVolumeLimited ? trade.TargetOrder : default;
        var fill = new TradeFill(trade.Number, bar.Time, price, quantity, fee, order, IsEntry: false, IsFirst: false, maker);
        return BookTrades.Close(book, at, fill, ExitReason.Target, bar, index);
    }

    // Whether the stop comes before the target, if smaller bars are used. A smaller bar that opens beyond one of them reached that one
    // first; otherwise the intrabar rule decides. The meter counts both cases.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsStopFirst(StrategyBook book, in OpenTrade trade, in ProtectionTouch touch, double from, in Bar bar)
    {
        var byRule = book.Execution.Intrabar == IntrabarRule.StopFirst;
        if (book.Step <= BarStep.WholeBar)
        {
            if (touch.IsBoth) book.TradeMeter.IntrabarByRule++;
            return byRule;
        }
        var isLong = trade.Side == Side.Buy;
        var (stop, target) = (touch.Stop, trade.Protection.Target);
        bool? opensBeyond = !touch.IsBoth ? null
            : (isLong ? from <= stop : from >= stop) ? true : (isLong ? from >= target : from <= target) ? false : null;
        if (touch.IsBoth && opensBeyond is null) book.TradeMeter.IntrabarByRule++;
        else if (stop > 0 && target > 0 && bar.Low <= Math.Min(stop, target) && bar.High >= Math.Max(stop, target))
            book.TradeMeter.IntrabarByPath++;
        return opensBeyond ?? byRule;
    }

    // A stop that has traded becomes a market order, whose remainder works from the next open. It replaces a pending exit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StopInParts(StrategyBook book, int at, double reference, ExitReason reason, in Bar bar, int index)
    {
        ref var trade = ref book.OpenTrades[at];
        if (trade.EntryWorking) BookOrders.CancelEntryOf(book, trade.Number, bar.Time);
        for (var i = book.Orders.Count - 1; trade.Exiting && i >= 0; i--)
        {
            ref var waiting = ref book.Orders[i];
            if (waiting.Role != OrderRole.Exit || waiting.TradeNumber != trade.Number) continue;
            // An exit that belongs to such a stop stays.
            if (waiting.Reason is ExitReason.Stop or ExitReason.TrailingStop or ExitReason.MarginCall) return false;
            BookOrders.Drop(book, i, OrderState.Cancelled, bar.Time);
        }
        ref var order = ref BookOrders.NewExit(book, trade, OrderType.Market, reason, bar.Time);
        BookOrders.Send(book, ref order);
        trade.Exiting = true;
        return BookFills.Fill(book, book.Orders.Count - 1, reference, bar, index, atOpen: false);
    }
}
