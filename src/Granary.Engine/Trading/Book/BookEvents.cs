using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Records the events of a book: in its digest, for its observers, and as call-backs of its strategy.</summary>
internal static class BookEvents
{
    // ---- orders ----

    /// <summary>Returns the next order number; orders are numbered within the strategy run, over all its books.</summary>
    public static OrderId NextOrder(StrategyBook book) => new(book.Shared is null ? ++book.LastOrderId : ++book.Shared.LastOrderId);

    /// <summary>Records that an order was made or changed its state.</summary>
    public static void OrderChanged(StrategyBook book, in Order order)
    {
        if (book.Notices is not null) Note(book, order);
        if (book.OrderObserver is not null) SendOn(book, order);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Note(StrategyBook book, in Order order) => book.Notices!.Add(order);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SendOn(StrategyBook book, in Order order) => book.OrderObserver!.OnOrder(order);

    // ---- signals ----

    /// <summary>Records a strategy's entry signal.</summary>
    /// <param name="price">Expected price of the entry.</param>
    /// <param name="stop">0 = none.</param>
    /// <param name="sizedOn">The equity from which the size was computed; 0 if the strategy gave the size.</param>
    public static void Signalled(StrategyBook book, in Order order, double price, double stop, double target, in EntryAdvice advice,
        double sizedOn)
    {
        book.Digest.Signal(order.TradeNumber, order.Side, order.CreatedAt, stop, target, advice.Prediction, advice.SizeFactor);
        book.EntryFilter?.Signalled(order.TradeNumber);
        if (book.Observer is not null) Report(book, order, price, stop, target, advice, sizedOn);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report(StrategyBook book, in Order order, double price, double stop, double target, in EntryAdvice advice,
        double sizedOn)
    {
        if (book.Shared is null) NotifyExiting(book, order.CreatedAt);
        else book.Shared.NotifyExiting(order.CreatedAt);
        book.Observer!.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, price, order.Quantity, stop, target,
            order.ExpiresAt)
        {
            Prediction = advice.Prediction,
            SizeFactor = advice.SizeFactor,
            ModelVersion = advice.Version,
            Dissimilarity = advice.Dissimilarity,
            SizedOn = sizedOn,
        });
    }

    /// <summary>Notifies the observer once of each market exit that has been sent.</summary>
    public static void NotifyExiting(StrategyBook book, long time)
    {
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (!trade.Exiting || trade.ExitNotified) continue;
            trade.ExitNotified = true;
            book.Observer?.OnExiting(trade.Number, time);
        }
    }

    /// <summary>Records the signal of a trade that a manual order opens by its fill.</summary>
    public static void SignalledByFill(StrategyBook book, in Order order, double reference, double quantity)
    {
        book.Digest.FillSignal(order.TradeNumber, order.Side, order.CreatedAt);
        book.Observer?.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, reference, quantity, 0, 0,
            order.ExpiresAt)
        { AtFill = true });
    }

    public static void SignalEnded(StrategyBook book, int number, SignalEnd end, long time)
    {
        book.Digest.SignalEnded(number, end, time);
        book.SignalEnds = book.SignalEnds.Plus(end);
        book.EntryFilter?.Ended(number);
        book.Observer?.OnSignalEnded(number, end, time);
    }

    /// <summary>Records that an entry was reduced to the quantity that the account can pay for.</summary>
    /// <param name="rest">The remaining quantity, base units.</param>
    public static void EntryCut(StrategyBook book, int number, long time, double rest) => book.Observer?.OnEntryCut(number, time, rest);

    /// <summary>Notifies the observer that the rest of an entry is not filled any more.</summary>
    public static void EntryEnded(StrategyBook book, int number, long time) => book.Observer?.OnEntryEnded(number, time);

    /// <summary>Records that the account could not pay for an entry, or for a part of it.</summary>
    public static void CashShort(StrategyBook book, long time) => book.Observer?.OnCashShort(time);

    // ---- trades ----

    public static void Entered(StrategyBook book, ref OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        book.Digest.Entered(trade.Number, trade.Side, fill.Time, fill.Price, fill.Quantity);
        if (book.Observer is not null) Report(book, fill, bar);
        Protected(book, trade, bar.Time);
        if (book.Notices is not null) NoteProtection(book, ref trade, OrderState.Submitted, OrderState.Submitted, OrderState.Submitted);
    }

    public static void Increased(StrategyBook book, in TradeFill fill, in Bar bar)
    {
        book.Digest.Increased(fill.Number, fill.Time, fill.Price, fill.Quantity);
        if (book.Observer is not null) Report(book, fill, bar);
    }

    public static void Reduced(StrategyBook book, in TradeFill fill, in Bar bar)
    {
        book.Digest.Reduced(fill.Number, fill.Time, fill.Price, fill.Quantity);
        if (book.Observer is not null) Report(book, fill, bar);
    }

    /// <summary>Reports the last fill of a trade if the observer cannot compute it from the trade.</summary>
    public static void LastFill(StrategyBook book, in OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        if (book.Observer is not null && (trade.Parted || book.IsVolumeLimited || !book.HasProportionalFees)) Report(book, fill, bar);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report(StrategyBook book, in TradeFill fill, in Bar bar) =>
        book.Observer!.OnFill(fill with { BarVolume = book.IsVolumeLimited ? bar.Volume : 0 });

    /// <summary>Records that a trade was closed in full.</summary>
    /// <param name="price">Price of its last fill.</param>
    public static void Closed(StrategyBook book, ref OpenTrade trade, in TradeEnd end, double price)
    {
        book.Digest.Closed(trade.Number, end.Reason, end.Time, end.ExitPrice, end.Net);
        book.EntryFilter?.Closed(trade.Number, end.Net, end.Time);
        if (book.Observer is not null || book.Notices is not null) Report(book, ref trade, end, price);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report(StrategyBook book, ref OpenTrade trade, in TradeEnd end, double price)
    {
        var closed = trade.ToTrade(end);
        book.Observer?.OnTrade(closed);
        if (book.Notices is null) return;
        NoteProtection(book, ref trade,
            end.Reason == ExitReason.Stop ? OrderState.Filled : OrderState.Cancelled,
            end.Reason == ExitReason.Target ? OrderState.Filled : OrderState.Cancelled,
            end.Reason == ExitReason.TrailingStop ? OrderState.Filled : OrderState.Cancelled, price);
        book.Notices.Add(closed);
    }

    /// <summary>
    /// Records that a trade was closed at the end of its symbol's data. The strategy is not notified, since it had already run before that
    /// was known.
    /// </summary>
    public static void ClosedAtEnd(StrategyBook book, in OpenTrade trade, in TradeEnd end)
    {
        book.Digest.Closed(trade.Number, end.Reason, end.Time, end.ExitPrice, end.Net);
        book.Observer?.OnTrade(trade.ToTrade(end));
    }

    /// <summary>Records a trade that is open when the run ends. Its closed part is a closed trade in the statistics.</summary>
    /// <param name="end">The end of the whole trade.</param>
    /// <param name="close">The last close, at which the open part is marked.</param>
    public static void StaysOpen(StrategyBook book, in OpenTrade trade, in TradeEnd end, double close)
    {
        book.Digest.StaysOpen(trade.Number, end.Time, end.ExitPrice, end.Profit);
        if (!trade.Parted)
        {
            book.Observer?.OnTrade(trade.ToTrade(end with { ExitPrice = close }));
            return;
        }
        var part = trade.ClosedPart(book.Multiplier);
        book.TradeMeter.Add(part.NetProfit, part.Bars);
        book.Shared?.Add(part.NetProfit, part.Bars);
        book.Observer?.OnClosedPart(part);
        book.Observer?.OnTrade(trade.OpenPart(end.Time, close, book.Multiplier, end.Bars));
    }

    // ---- financing and splits ----

    /// <param name="amount">Quote currency per open unit.</param>
    /// <param name="cash">Quote currency for the whole position.</param>
    public static void Financed(StrategyBook book, int number, FinancingKind kind, long time, double amount, double cash)
    {
        book.Digest.Financed(number, kind, time, amount, cash);
        book.Observer?.OnFinancing(number, time, kind, amount);
    }

    public static void Split(StrategyBook book, in OpenTrade trade, long time, long exDate, double ratio)
    {
        book.Digest.Split(trade.Number, time, ratio, trade.Quantity);
        book.Observer?.OnSplit(trade.Number, time, exDate, ratio);
        Protected(book, trade, time);
    }

    // ---- stops and targets, which their strategy sees as orders ----

    /// <summary>Records that the stop of an open trade was moved.</summary>
    /// <param name="time">Open time of the bar at whose close it was moved, UTC ticks.</param>
    public static void StopMoved(StrategyBook book, ref OpenTrade trade, long time)
    {
        if (book.Notices is not null && trade.StopOrder.IsNone)
            trade.StopOrder = NoteProtection(book, trade, new ProtectionOrder(OrderRole.StopLoss, OrderType.Stop, trade.Protection.Stop),
                trade.StopOrder, OrderState.Submitted, 0);
        book.OrderObserver?.OnStopMoved(trade.Number, trade.Protection.Stop);
        Protected(book, trade, time);
    }

    /// <summary>Reports the levels of an open trade if they have changed.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Protected(StrategyBook book, in OpenTrade trade, long time)
    {
        if (book.ProtectionObserver is not null) ReportLevels(book, trade, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReportLevels(StrategyBook book, in OpenTrade trade, long time) =>
        book.ProtectionObserver!.OnProtection(trade.Number, time, trade.Protection.WorkingStop(trade.Side).Price, trade.Protection.Target);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NoteProtection(StrategyBook book, ref OpenTrade trade, OrderState stop, OrderState target, OrderState trailing,
        double price = 0)
    {
        var p = trade.Protection;
        var (stopLoss, takeProfit, trail) = (new ProtectionOrder(OrderRole.StopLoss, OrderType.Stop, p.Stop),
            new ProtectionOrder(OrderRole.TakeProfit, OrderType.Limit, p.Target),
            new ProtectionOrder(OrderRole.TrailingStop, OrderType.TrailingStop, p.TrailFraction));
        trade.StopOrder = NoteProtection(book, trade, stopLoss, trade.StopOrder, stop, price);
        trade.TargetOrder = NoteProtection(book, trade, takeProfit, trade.TargetOrder, target, price);
        trade.TrailOrder = NoteProtection(book, trade, trail, trade.TrailOrder, trailing, price);
    }

    private readonly record struct ProtectionOrder(OrderRole Role, OrderType Type, double Level);

    private static OrderId NoteProtection(StrategyBook book, in OpenTrade trade, in ProtectionOrder leg, OrderId id, OrderState state,
        double price)
    {
        if (leg.Level <= 0) return id;
        if (id.IsNone) id = NextOrder(book);
        var order = new Order
        {
            Id = id,
            Role = leg.Role,
            Type = leg.Type,
            Side = (Side)(-(int)trade.Side),
            Quantity = trade.EntryQuantity,
            TradeNumber = trade.Number,
            StopPrice = leg.Role == OrderRole.StopLoss ? leg.Level : leg.Role == OrderRole.TrailingStop ? trade.Protection.TrailLevel : 0,
            LimitPrice = leg.Role == OrderRole.TakeProfit ? leg.Level : 0,
            CreatedAt = trade.EntryTime,
            ExpiresAt = long.MaxValue,
        };
        order.Become(OrderState.Submitted);
        if (state != OrderState.Submitted)
        {
            if (state == OrderState.Filled) (order.FilledQuantity, order.FilledPrice) = (order.Quantity, price);
            order.Become(state);
        }
        OrderChanged(book, order);
        return id;
    }
}
