using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>The end of an account: positions are liquidated at the price that leaves nothing, and the account is closed.</summary>
internal readonly struct BookRuin(StrategyBook book)
{
    private BookTriggers Triggers => new(book);

    /// <summary>
    /// Whether the account ends on this part of a bar, after the stops that come before that. What ruins the account is the worst of all
    /// stops: it comes where a stop comes, before or after the targets.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool EndsBeforeOrders(in Bar part, in Bar bar, int index)
    {
        var level = Triggers.RuinLevel();
        for (var i = 0; i < book.Orders.Count; i++)
            // Orders by hand that protect a position are filled in their turn; what is left is looked at after them.
            if (book.Orders[i] is { Role: OrderRole.Net, Type: OrderType.Stop } order
                && IsBefore(order.StopPrice, order.Side == Side.Buy, level))
                return false;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            var isShort = trade.Side == Side.Sell;
            var isStopped = IsBefore(trade.Protection.Stop, isShort, level) || IsBefore(trade.Protection.TrailLevel, isShort, level);
            if (!isStopped || !new BookProtection(book).Try(i, part, bar, index)) continue;
            if (!Triggers.IsRuinedWithin(part)) return false;
            level = Triggers.RuinLevel();
            i = -1;
        }
        End(part, bar, index);
        return true;
    }

    // A price above stops what is short, a price below what is long; only those on the way to ruin count.
    private bool IsBefore(double price, bool above, double end) =>
        price > 0 && above == book.Net < 0 && (above ? price < end : price > end);

    /// <summary>Closes everything within a part of a bar, at the price that leaves nothing, or at the open where that is beyond
    /// it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void End(in Bar part, in Bar bar, int index)
    {
        var level = Triggers.RuinLevel();
        Liquidate(Triggers.IsRuinedAt(part.Open) || double.IsNaN(level) ? part.Open : Math.Clamp(level, part.Low, part.High), bar, index);
    }

    /// <summary>Closes every open trade of a shared account at its symbol's last close, since nothing is left of the account.</summary>
    public void Liquidate(int index)
    {
        if (!book.IsClosed) Liquidate(book.LastPrice, LastBar(index), index);
    }

    /// <summary>Closes every open trade of a shared account at its symbol's last close, since the symbol has stopped trading.</summary>
    public void CloseEnded(int index)
    {
        if (book.OpenTrades.Count == 0) return;
        CloseAll(book.LastPrice, LastBar(index), index, ExitReason.DataEnded);
        Triggers.Refresh();
    }

    private Bar LastBar(int index) => book.Block[index] with { Time = book.TimeAt(index) };

    // The broker closes every open trade, whole, whatever the bar's volume; nothing is entered any more.
    private void Liquidate(double price, in Bar bar, int index)
    {
        book.IsClosed = true;
        CloseAll(price, bar, index, ExitReason.Ruined);
        if (book.Shared is null) new BookTrades(book).CloseAccount();
        Triggers.Refresh();
    }

    private void CloseAll(double price, in Bar bar, int index, ExitReason reason)
    {
        new BookOrders(book).CancelAll(bar.Time);
        while (book.OpenTrades.Count > 0)
        {
            ref var trade = ref book.OpenTrades[0];
            var paid = default(OrderFees);
            var fee = new BookFees(book).Next(price, trade.Quantity, maker: false, bar.Time, ref paid);
            var fill = new TradeFill(trade.Number, bar.Time, price, trade.Quantity, fee, default, IsEntry: false, IsFirst: false,
                IsMaker: false);
            new BookTrades(book).Close(0, fill, reason, bar, index);
        }
    }
}
