using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>The end of an account: positions are liquidated at the price that leaves nothing, and the account is closed.</summary>
internal static class BookRuin
{
    /// <summary>
    /// Whether the account ends on this part of a bar, after the stops that come before that. What ruins the account is the worst of all
    /// stops: it comes where a stop comes, before or after the targets.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool EndsBeforeOrders(StrategyBook book, in Bar part, in Bar bar, int index)
    {
        var level = BookTriggers.RuinLevel(book);
        for (var i = 0; i < book.Orders.Count; i++)
            // Manual stop orders that protect a position fill first; the remaining position is checked after them.
            if (book.Orders[i] is { Role: OrderRole.Net, Type: OrderType.Stop } order
                && IsBefore(book, order.StopPrice, order.Side == Side.Buy, level))
                return false;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            var isShort = trade.Side == Side.Sell;
            var isStopped = IsBefore(book, trade.Protection.Stop, isShort, level)
                || IsBefore(book, trade.Protection.TrailLevel, isShort, level);
            if (!isStopped || !BookProtection.Try(book, i, part, bar, index)) continue;
            if (!BookTriggers.IsRuinedWithin(book, part)) return false;
            level = BookTriggers.RuinLevel(book);
            i = -1;
        }
        End(book, part, bar, index);
        return true;
    }

    // A higher price stops short positions, a lower one long positions; only stops before the ruin price count.
    private static bool IsBefore(StrategyBook book, double price, bool above, double end) =>
        price > 0 && above == book.Net < 0 && (above ? price < end : price > end);

    /// <summary>Closes everything within a part of a bar, at the price that leaves nothing, or at the open where that is beyond
    /// it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void End(StrategyBook book, in Bar part, in Bar bar, int index)
    {
        var level = BookTriggers.RuinLevel(book);
        Liquidate(book, BookTriggers.IsRuinedAt(book, part.Open) || double.IsNaN(level)
            ? part.Open : Math.Clamp(level, part.Low, part.High), bar, index);
    }

    /// <summary>Closes every open trade of a ruined shared account at its symbol's last close.</summary>
    public static void Liquidate(StrategyBook book, int index)
    {
        if (!book.IsClosed) Liquidate(book, book.LastPrice, LastBar(book, index), index);
    }

    /// <summary>Closes every open trade of a shared account at its symbol's last close, since the symbol has stopped trading.</summary>
    public static void CloseEnded(StrategyBook book, int index)
    {
        if (book.OpenTrades.Count == 0) return;
        CloseAll(book, book.LastPrice, LastBar(book, index), index, ExitReason.DataEnded);
        BookTriggers.Refresh(book);
    }

    private static Bar LastBar(StrategyBook book, int index) => book.Block[index] with { Time = book.TimeAt(index) };

    // The broker closes every open trade in full, regardless of the bar's volume; no entries follow.
    private static void Liquidate(StrategyBook book, double price, in Bar bar, int index)
    {
        book.IsClosed = true;
        CloseAll(book, price, bar, index, ExitReason.Ruined);
        if (book.Shared is null) BookTrades.CloseAccount(book);
        BookTriggers.Refresh(book);
    }

    private static void CloseAll(StrategyBook book, double price, in Bar bar, int index, ExitReason reason)
    {
        BookOrders.CancelAll(book, bar.Time);
        while (book.OpenTrades.Count > 0)
        {
            ref var trade = ref book.OpenTrades[0];
            var paid = default(OrderFees);
            var fee = BookFees.Next(book, price, trade.Quantity, maker: false, bar.Time, ref paid);
            var fill = new TradeFill(trade.Number, bar.Time, price, trade.Quantity, fee, default, IsEntry: false, IsFirst: false,
                IsMaker: false);
            BookTrades.Close(book, 0, fill, reason, bar, index);
        }
    }
}
