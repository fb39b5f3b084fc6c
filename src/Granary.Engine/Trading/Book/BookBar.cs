using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Processes a bar in the order in which its prices can have occurred.</summary>
/// <remarks>
/// First the orders that fill at the open, in the order of submission; then stops and targets of open trades; then orders that fill after
/// the open; then orders on the close. If there are smaller bars, stops, targets and orders are checked on each of them in turn, so that
/// they fill in the order in which the market reached them. The strategy is called after that.
/// </remarks>
internal static class BookBar
{
    /// <summary>Fills orders, stops and targets on a bar.</summary>
    public static void Process(StrategyBook book, int index)
    {
        var bar = book.Block[index];
        if (book.HasFinancing) BookFinancing.BeginBar(book, index);
        if (BookTriggers.IsRuinedAt(book, bar.Open)) BookRuin.End(book, bar, bar, index);
        for (var i = 0; i < book.Orders.Count; i++)
            if (ProcessAtOpen(book, i, bar, index))
                i = -1;
        ProcessAfterOpen(book, index, bar);
        if (book.Notices is { Any: true }) book.Dispatch();
    }

    /// <summary>Fills one order at a bar's open: for books with a shared account, whose orders are processed in turn.</summary>
    public static void ProcessAtOpen(StrategyBook book, OrderId id, int index)
    {
        var at = book.Orders.IndexOf(id);
        if (at >= 0) ProcessAtOpen(book, at, book.Block[index], index);
    }

    /// <summary>Processes the remainder of a bar after its open; call-backs wait for <see cref="StrategyBook.Dispatch"/>.</summary>
    public static void ProcessAfterOpen(StrategyBook book, int index) => ProcessAfterOpen(book, index, book.Block[index]);

    // Returns whether the order is no longer waiting.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ProcessAtOpen(StrategyBook book, int i, in Bar bar, int index)
    {
        ref var order = ref book.Orders[i];
        if (bar.Time > order.ExpiresAt)
        {
            BookOrders.Drop(book, i, OrderState.Expired, bar.Time);
            return true;
        }
        if (book.HasLatency && book.Block.FirstIndex + index < order.WorksFrom) return false;
        BookOrders.SetExpiry(book, ref order, bar.Time);
        var price = FillRule.AtOpen(ref order, bar);
        return !double.IsNaN(price) && BookFills.Fill(book, i, price, bar, index, atOpen: true);
    }

    private static void ProcessAfterOpen(StrategyBook book, int index, in Bar bar)
    {
        if (book.Path is not null && IsWithinReach(book, bar)) ProcessPath(book, bar, index);
        else Try(book, bar, bar, index);

        BookExits.EndBar(book, bar, index);
        if (book.Execution.Maintenance > 0 && book.Shared is null && BookTriggers.IsCalledAt(book, bar.Close)) BookExits.CallMargin(book,
            index);
        if (book.IsRuined) BookOrders.CancelAll(book, bar.Time);
        BookTriggers.Refresh(book);
    }

    // Tries the stops and targets of open trades, and then waiting orders, on a bar or on a part of it.
    private static void Try(StrategyBook book, in Bar part, in Bar bar, int index)
    {
        if (book.Execution.Intrabar == IntrabarRule.StopFirst && BookTriggers.IsRuinedWithin(book, part)
            && BookRuin.EndsBeforeOrders(book, part, bar, index)) return;
        for (var i = 0; i < book.OpenTrades.Count; i++)
            if (BookProtection.Try(book, i, part, bar, index))
                i--;

        for (var i = 0; i < book.Orders.Count; i++)
        {
            ref var order = ref book.Orders[i];
            if (!Works(book, order, index)) continue;
            var price = PriceWithin(book, ref order, part);
            if (double.IsNaN(price)) continue;
            var (id, trades) = (order.Id, book.OpenTrades.Count);
            var at = order.OcoGroup == 0 ? i : FirstOfGroup(book, i, part, index, ref price);
            var changed = BookFills.Fill(book, at, price, bar, index, atOpen: false);
            // A trade that was entered after the open may be stopped out on the remainder of its bar.
            if (book.OpenTrades.Count > trades) changed |= BookProtection.Try(book, book.OpenTrades.Count - 1, part, bar, index);
            // Earlier orders are not tried again: a stop-limit that this bar has triggered waits for the next one.
            if (changed) i = book.Orders.IndexAfter(id) - 1;
        }
        // A trade that was entered on the close was not exposed to its bar.
        if (BookTriggers.IsRuinedWithin(book, part) && book.OpenTrades[0].FirstWholeBar <= book.Block.FirstIndex + index)
            BookRuin.End(book, part, bar, index);
    }

    private static bool Works(StrategyBook book, in Order order, int index) =>
        !book.HasLatency || book.Block.FirstIndex + index >= order.WorksFrom;

    // If one bar touches several orders of a group, returns the one that the intrabar rule fills.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FirstOfGroup(StrategyBook book, int at, in Bar part, int index, ref double price)
    {
        var limitFirst = book.Execution.Intrabar == IntrabarRule.TargetFirst;
        if (book.Orders[at].Type == OrderType.Limit == limitFirst) return at;
        for (var i = 0; i < book.Orders.Count; i++)
        {
            ref var order = ref book.Orders[i];
            if (order.OcoGroup != book.Orders[at].OcoGroup || order.Type == OrderType.Limit != limitFirst) continue;
            if (!Works(book, order, index)) continue;
            var other = PriceWithin(book, ref order, part);
            if (double.IsNaN(other)) continue;
            price = other;
            return i;
        }
        return at;
    }

    // ---- smaller bars ----

    // Whether the bar may touch an order, stop or target for which the smaller bars decide the sequence.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsWithinReach(StrategyBook book, in Bar bar)
    {
        for (var i = 0; i < book.Orders.Count; i++)
            if (!book.Orders[i].Type.IsAtMarket())
                return true;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            ref var p = ref trade.Protection;
            var (below, above) = trade.Side == Side.Buy ? (Math.Max(p.Stop, p.TrailLevel), p.Target) : (p.Target,
                Nearer(p.Stop, p.TrailLevel));
            if (below > 0 && bar.Low <= below || above > 0 && bar.High >= above) return true;
        }
        return false;

        static double Nearer(double a, double b) => a <= 0 ? b : b <= 0 ? a : Math.Min(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ProcessPath(StrategyBook book, in Bar bar, int index)
    {
        var path = book.Path!;
        var (first, end) = path.Within(bar.Time, book.Timeframe.CloseOf(bar.Time));
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = first; i < end; i++)
        {
            var part = path[i];
            book.Step = i - first + 1;
            Try(book, part, bar, index);
            (low, high) = (Math.Min(low, part.Low), Math.Max(high, part.High));
        }
        // If the smaller bars do not cover the bar's range, the remaining prices have no known time. Orders on the close have waited for
        // all smaller bars.
        book.Step = first == end ? BarStep.WholeBar : BarStep.Beyond;
        if (low > bar.Low || high < bar.High || first == end) Try(book, bar, bar, index);
        else FillOnClose(book, bar, index);
        book.Step = BarStep.WholeBar;
    }

    private static double PriceWithin(StrategyBook book, ref Order order, in Bar part) =>
        book.Step == BarStep.WholeBar ? FillRule.Within(ref order, part) : PriceOnPath(book, ref order, part);

    // The fill price on a smaller bar: its open if that is beyond the order's price, otherwise the order's price. Beyond the smaller bars,
    // the rule of the whole bar applies.
    private static double PriceOnPath(StrategyBook book, ref Order order, in Bar part)
    {
        if (book.Step == BarStep.Beyond)
            // The whole bar does not show when the triggered stop-limit began to wait at its limit.
            return order is { Type: OrderType.StopLimit, Triggered: true } ? double.NaN : FillRule.Within(ref order, part);
        if (order.Type.IsAtMarket()) return double.NaN;
        var price = FillRule.AtOpen(ref order, part);
        return double.IsNaN(price) ? FillRule.Within(ref order, part) : price;
    }

    private static void FillOnClose(StrategyBook book, in Bar bar, int index)
    {
        for (var i = 0; i < book.Orders.Count; i++)
        {
            ref var order = ref book.Orders[i];
            if (order.Type != OrderType.MarketOnClose || !Works(book, order, index)) continue;
            var price = FillRule.Within(ref order, bar);
            if (!double.IsNaN(price) && BookFills.Fill(book, i, price, bar, index, atOpen: false)) i = -1;
        }
    }
}
