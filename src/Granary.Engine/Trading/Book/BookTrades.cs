using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Books fills as trades: opens, increases and closes them, completely or in part.</summary>
internal static class BookTrades
{
    /// <summary>Opens a trade with the first fill of an order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Open(StrategyBook book, in Order order, in TradeFill fill, in Bar bar, int index, bool atOpen)
    {
        book.MarkTo(index);
        Enter(book, order.Side, fill);
        ref var trade = ref book.OpenTrades.Add();
        trade.Number = order.TradeNumber;
        trade.Side = order.Side;
        trade.Quantity = trade.EntryQuantity = fill.Quantity;
        trade.EntryPrice = fill.Price;
        trade.SignalTime = order.CreatedAt;
        trade.EntryTime = bar.Time;
        trade.EntryIndex = book.Block.FirstIndex + index;
        trade.Commission = fill.Commission;
        trade.LowestLow = trade.HighestHigh = fill.Price;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.FinancedTo = bar.Time / TimeSpan.TicksPerDay;
        trade.EnteredAtOpen = atOpen;
        trade.EntryStep = book.Step;
        trade.TimeExit = book.Settings.ExitAt is { } at ? book.Instrument.Calendar.Next(at, bar.Time) : long.MaxValue;
        Protect(book, ref trade, order, fill.Price);
        BookEvents.Entered(book, ref trade, fill, bar);
    }

    private static void Protect(StrategyBook book, ref OpenTrade trade, in Order order, double price)
    {
        var (settings, execution, instrument) = (book.Settings, book.Execution, book.Instrument);
        ref var p = ref trade.Protection;
        if (order.Role == OrderRole.Entry)
        {
            p.Stop = order.StopLoss > 0 ? order.StopLoss : settings.StopAt(price, order.Side, instrument);
            p.Target = order.TakeProfit > 0 ? order.TakeProfit : settings.TargetAt(price, order.Side, instrument);
            p.TrailFraction = order.TrailFraction;
            p.TrailFrom = settings.TrailFrom;
        }
        // An entry on the close needs no protection within its bar, since the bar is over.
        var onClose = order.Type == OrderType.MarketOnClose || (execution.Fill == FillTiming.SameClose && order.Type == OrderType.Market);
        trade.FirstWholeBar = trade.EntryIndex + (onClose ? 1 : 0);
        trade.ProtectedFrom = execution.ProtectFrom == ProtectFrom.NextBar ? trade.EntryIndex + 1 : trade.FirstWholeBar;
        trade.TargetWaits = !trade.EnteredAtOpen && order.Type == OrderType.Limit;
        p.StartTrail(order.Side, price, execution.ProtectFrom == ProtectFrom.EntryBar, instrument);
    }

    /// <summary>Adds a further fill of an entry; the trade's entry price becomes the average.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Increase(StrategyBook book, in Order order, in TradeFill fill, in Bar bar, int index)
    {
        book.MarkTo(index);
        Enter(book, order.Side, fill);
        ref var trade = ref book.OpenTrades[book.OpenTrades.IndexOf(order.TradeNumber)];
        var before = trade.EntryPrice;
        trade.EntryPrice = (before * trade.EntryQuantity + fill.Price * fill.Quantity) / (trade.EntryQuantity + fill.Quantity);
        trade.EntryQuantity += fill.Quantity;
        trade.Quantity += fill.Quantity;
        trade.Commission += fill.Commission;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.Reach(fill.Price, fill.Price);
        if (order.Role == OrderRole.Entry)
        {
            // A stop or target relative to the entry price follows the average price, unless the strategy has moved it.
            var sign = (int)order.Side;
            ref var p = ref trade.Protection;
            p.Stop = Follow(book, p.Stop, order.StopLoss, -sign * book.Settings.StopLossPercent, before, trade.EntryPrice);
            p.Target = Follow(book, p.Target, order.TakeProfit, sign * book.Settings.TakeProfitPercent, before, trade.EntryPrice);
        }
        BookEvents.Increased(book, fill, bar);
        BookEvents.Protected(book, trade, bar.Time);
        book.Orders.FitExit(trade);
    }

    private static double Follow(StrategyBook book, double level, double fixedLevel, double percent, double before, double now) =>
        fixedLevel > 0 || percent == 0 || level != book.Instrument.RoundPrice(before * (1 + percent / 100)) ? level
            : book.Instrument.RoundPrice(now * (1 + percent / 100));

    private static void Enter(StrategyBook book, Side side, in TradeFill fill)
    {
        if (book.IsVolumeLimited || book.Traded is not null) Count(book, fill);
        book.Account.Book(side, fill.Quantity, fill.Price, book.Multiplier, fill.Commission);
        book.Net += (int)side * fill.Quantity * book.Multiplier;
        book.TradeMeter.Commission += fill.Commission;
    }

    // Subtracts a fill from the bar's available volume, and adds it to the account's turnover.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Count(StrategyBook book, in TradeFill fill)
    {
        book.Volume.Draw(fill.Quantity);
        book.Traded?.Add(fill.Time, fill.Price * fill.Quantity * book.Multiplier);
    }

    /// <summary>Books a fill that closes a trade or a part of it; returns true if the trade is completely closed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Close(StrategyBook book, int at, in TradeFill fill, ExitReason reason, in Bar bar, int index)
    {
        book.MarkTo(index);
        if (book.IsVolumeLimited || book.Traded is not null) Count(book, fill);
        ref var trade = ref book.OpenTrades[at];
        var sign = (int)trade.Side;
        book.Account.Book((Side)(-sign), fill.Quantity, fill.Price, book.Multiplier, fill.Commission);
        book.TradeMeter.Commission += fill.Commission;
        trade.Commission += fill.Commission;
        trade.Quantity -= fill.Quantity;
        trade.ExitNotional += fill.Price * fill.Quantity;
        trade.ExitCommission += fill.Commission;
        if (trade.Quantity > 0)
        {
            book.Net -= sign * fill.Quantity * book.Multiplier;
            book.Orders.FitExit(trade);
            trade.Parted = true;
            (trade.PartIndex, trade.PartTime, trade.PartReason) = (book.Block.FirstIndex + index, bar.Time, reason);
            BookEvents.Reduced(book, fill, bar);
            return false;
        }
        if (trade.EntryWorking) BookOrders.CancelEntryOf(book, trade.Number, bar.Time);
        BookEvents.LastFill(book, trade, fill, bar);
        Settle(book, ref trade, fill, reason, bar, index);
        var (exiting, number) = (trade.Exiting, trade.Number);
        book.OpenTrades.RemoveAt(at);
        book.Net = book.OpenTrades.Net(book.Multiplier);
        if (exiting) BookOrders.CancelExitsOf(book, number, bar.Time);
        return true;
    }

    private static void Settle(StrategyBook book, ref OpenTrade trade, in TradeFill fill, ExitReason reason, in Bar bar, int index)
    {
        if (book.TracksExcursions)
        {
            // The exit bar's range counts only up to the exit price, because its other extreme may have come later.
            var furthest = Math.Clamp(fill.Price, bar.Low, bar.High);
            trade.Reach(furthest, furthest);
        }
        if (book.OpenTrades.Count == 1 && (book.Account.Cash <= 0 || book.IsClosed || book.Shared is not null)) WriteOff(book, ref trade);
        var exitPrice = fill.Quantity == trade.EntryQuantity ? fill.Price : trade.ExitNotional / trade.EntryQuantity;
        var profit = (int)trade.Side * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * book.Multiplier;
        var bars = (int)(book.Block.FirstIndex + index - trade.EntryIndex);
        var net = profit - trade.Commission;
        if (trade.Financing != 0) net += trade.Financing;
        book.TradeMeter.Add(net, bars);
        book.Shared?.Add(net, bars);
        BookEvents.Closed(book, ref trade, new TradeEnd(bar.Time, exitPrice, profit, net, bars, reason), fill.Price);
    }

    // If the last trade leaves no equity, or a debt, the broker bears the loss beyond zero, and the account is closed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteOff(StrategyBook book, ref OpenTrade trade)
    {
        if (book.Shared is not null && !book.Shared.IsLast(book)) return;
        var left = book.Shared?.Cash ?? book.Account.Cash;
        var rounding = book.Settings.Cash * 1e-9;
        // An account that is being liquidated ends at zero; any other account continues if it has equity left.
        if (left > rounding && !book.IsClosed) return;
        if (Math.Abs(left) > rounding)
        {
            trade.Financing -= left;
            book.TradeMeter.Financing -= left;
        }
        book.Account.Pay(-left);
        if (book.Shared is null) CloseAccount(book);
        else book.Shared.Close();
    }

    /// <summary>Closes a ruined account: it trades no more.</summary>
    public static void CloseAccount(StrategyBook book)
    {
        book.IsClosed = book.IsRuined = true;
        if (book.Shared is null) book.Account.Cash = 0;
    }

    /// <summary>
    /// Closes open trades at the last close, because the symbol's bars ended before those of others; call it before
    /// <see cref="StrategyBook.Finish"/>. This is only known at the end, so no fill is reported and no strategy is notified.
    /// </summary>
    public static void CloseAtEnd(StrategyBook book, long time, double close, long lastIndex)
    {
        if (book.OpenTrades.Count == 0) return;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            var (quantity, paid) = (trade.Quantity, default(OrderFees));
            var fee = BookFees.Next(book, close, quantity, maker: false, time, ref paid);
            book.Account.Book((Side)(-(int)trade.Side), quantity, close, book.Multiplier, fee);
            book.TradeMeter.Commission += fee;
            trade.Commission += fee;
            var (exitPrice, profit) = MarkedAt(book, trade, close);
            var (net, bars) = (profit - trade.Commission + trade.Financing, (int)(lastIndex - trade.EntryIndex));
            book.TradeMeter.Add(net, bars);
            BookEvents.ClosedAtEnd(book, trade, new TradeEnd(time, exitPrice, profit, net, bars, ExitReason.DataEnded));
        }
        while (book.OpenTrades.Count > 0) book.OpenTrades.RemoveAt(book.OpenTrades.Count - 1);
        book.Net = 0;
        book.EquityMeter.Settle(book.Account.Cash);
    }

    /// <summary>Reports the trades that are open when the run ends, at the last close.</summary>
    public static void ReportOpen(StrategyBook book, long time, double close, long lastIndex)
    {
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            var (exitPrice, profit) = MarkedAt(book, trade, close);
            var bars = (int)(lastIndex - trade.EntryIndex);
            BookEvents.StaysOpen(book, trade, new TradeEnd(time, exitPrice, profit, profit, bars, ExitReason.Open), close);
        }
    }

    private static (double ExitPrice, double Profit) MarkedAt(StrategyBook book, in OpenTrade trade, double close)
    {
        var exitPrice = (trade.ExitNotional + close * trade.Quantity) / trade.EntryQuantity;
        return (exitPrice, (int)trade.Side * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * book.Multiplier);
    }
}
