using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Stops and targets of open trades.
internal sealed partial class StrategyBook
{
    // Whether the trade's stop or target closed it on this bar, or on this part of it.
    private bool TryProtection(int at, in Bar part, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        var feedIndex = _block.FirstIndex + index;
        if (feedIndex < trade.ProtectedFrom || trade.Protection.IsNone) return false;
        // A bar that passes the targets of several parts fills each of them.
        while (true)
        {
            var taken = trade.Protection.Taken;
            var target = trade.Protection.Target;
            if (TryLevels(at, part, bar, index)) return true;
            if (trade.Protection.Taken == taken || trade.Protection.Target == target) return false;
        }
    }

    // Whether the stop or target closed the trade; a target of a part may fill without that.
    private bool TryLevels(int at, in Bar part, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        var feedIndex = _block.FirstIndex + index;
        // The trade was entered within the part that is being tried, so it was only exposed to the remainder of that part.
        var enteredHere = trade.EntryIndex == feedIndex && !trade.EnteredAtOpen && trade.EntryStep == _step;
        var touch = trade.Protection.Touch(trade.Side, part, trade.TargetByClose && enteredHere);
        if (touch.IsNone) return false;
        // The market may have traded beyond the smaller bars before an entry on one of them.
        if (_step == Beyond && trade.EntryIndex == feedIndex && trade.EntryStep > 0) return false;
        // The market's price before the range is tried: the open, or the price of an entry after the open.
        var from = enteredHere ? trade.EntryPrice : part.Open;
        var stopFirst = _execution.UsePath ? IsStopFirst(trade, touch, from, bar) : _execution.Intrabar == IntrabarRule.StopFirst;
        return touch.Stopped && (!touch.Reached || stopFirst)
            ? FillStop(at, touch, from, bar, index) : FillTarget(at, from, bar, index);
    }

    // Lowers the targets of trades that are old enough at the open of a bar.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LowerTargets(long time)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Protection.Fall(trade.Side, trade.EntryPrice, time - trade.EntryTime, Instrument)) _events.Protected(trade, time);
        }
    }

    private bool FillStop(int at, in ProtectionTouch touch, double from, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        if (_isVolumeLimited)
            return StopInParts(at, FillRule.StopReference(trade.Side, touch.Stop, from, bar), touch.Reason, bar, index);
        var terms = FillRule.StopTerms(trade.Side, touch.Stop, from, bar);
        Close(at, PriceOf(terms, (Side)(-(int)trade.Side), trade.Quantity), touch.Reason, bar, index);
        return true;
    }

    private bool FillTarget(int at, double from, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        var quantity = Math.Min(trade.Quantity, trade.Protection.TargetQuantity(trade.EntryQuantity, Instrument));
        var isPart = quantity < trade.Quantity;
        if (_isVolumeLimited)
        {
            quantity = Fillable(quantity, bar);
            if (quantity <= 0) return false;
        }
        if ((_isVolumeLimited || isPart) && trade.TargetOrder.IsNone) trade.TargetOrder = NextOrder();
        var terms = FillRule.TargetTerms(trade.Side, trade.Protection.Target, from, bar, out var maker);
        var price = PriceOf(terms, (Side)(-(int)trade.Side), quantity);
        var fee = NextFee(price, quantity, maker, bar.Time, ref trade.TargetFees);
        var order = _isVolumeLimited || isPart ? trade.TargetOrder : default;
        var fill = new TradeFill(trade.Number, bar.Time, price, quantity, fee, order, IsEntry: false, IsFirst: false, maker);
        if (CloseTrade(at, fill, ExitReason.Target, bar, index)) return true;
        var target = trade.Protection.Target;
        if (trade.Protection.Take(quantity, trade.Side, trade.EntryPrice, trade.EntryQuantity, Instrument) is not (> 0 and var part))
            return false;
        // The next part is an order of its own.
        var done = trade.TargetOrder;
        (trade.TargetOrder, trade.TargetFees) = (default, default);
        if (_events.HasCallBacks) NotePart(ref trade, done, target, part, price);
        _events.Protected(trade, bar.Time);
        return false;
    }

    // Whether the stop comes before the target, if smaller bars are used. A smaller bar that opens beyond one of them reached that one
    // first; otherwise the intrabar rule decides. The meter counts both cases.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsStopFirst(in OpenTrade trade, in ProtectionTouch touch, double from, in Bar bar)
    {
        var byRule = _execution.Intrabar == IntrabarRule.StopFirst;
        if (_step <= WholeBar)
        {
            if (touch.IsBoth) _meter.IntrabarByRule++;
            return byRule;
        }
        var isLong = trade.Side == Side.Buy;
        var (stop, target) = (touch.Stop, trade.Protection.Target);
        bool? opensBeyond = !touch.IsBoth ? null
            : (isLong ? PriceLevel.IsAtOrBelow(from, stop) : PriceLevel.IsAtOrAbove(from, stop)) ? true
            : (isLong ? PriceLevel.IsAtOrAbove(from, target) : PriceLevel.IsAtOrBelow(from, target)) ? false : null;
        if (touch.IsBoth && opensBeyond is null) _meter.IntrabarByRule++;
        else if (stop > 0 && target > 0 && bar.Low <= Math.Min(stop, target) && bar.High >= Math.Max(stop, target))
            _meter.IntrabarByPath++;
        return opensBeyond ?? byRule;
    }

    // A stop that has traded becomes a market order, whose remainder works from the next open. It replaces a pending exit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StopInParts(int at, double reference, ExitReason reason, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        if (trade.EntryWorking) CancelEntryOf(trade.Number, bar.Time);
        for (var i = _orders.Count - 1; trade.Exiting && i >= 0; i--)
        {
            ref var waiting = ref _orders[i];
            if (waiting.Role != OrderRole.Exit || waiting.TradeNumber != trade.Number) continue;
            // An exit that belongs to such a stop stays.
            if (waiting.Reason is ExitReason.Stop or ExitReason.TrailingStop or ExitReason.MarginCall) return false;
            Drop(i, OrderState.Cancelled, bar.Time);
        }
        ref var order = ref NewExit(trade, OrderType.Market, reason, bar.Time);
        Send(ref order);
        trade.Exiting = true;
        return Fill(_orders.Count - 1, reference, bar, index, atOpen: false);
    }

    // ---- stops and targets as orders, which a strategy with call-backs sees ----

    private readonly record struct ProtectionOrder(OrderRole Role, OrderType Type, double Level, double Quantity);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteProtection(ref OpenTrade trade, OrderState stop, OrderState target, OrderState trailing, double price = 0)
    {
        var p = trade.Protection;
        var trail = new ProtectionOrder(OrderRole.TrailingStop, OrderType.TrailingStop, p.Terms.HasTrail ? 1 : 0, trade.EntryQuantity);
        trade.StopOrder = NoteProtection(trade, StopOrder(trade), trade.StopOrder, stop, price);
        trade.TargetOrder = NoteProtection(trade, TargetOrder(trade), trade.TargetOrder, target, price);
        trade.TrailOrder = NoteProtection(trade, trail, trade.TrailOrder, trailing, price);
    }

    // The target of a part has filled, and the next one waits.
    private void NotePart(ref OpenTrade trade, OrderId done, double target, double quantity, double price)
    {
        NoteProtection(trade, new ProtectionOrder(OrderRole.TakeProfit, OrderType.Limit, target, quantity), done, OrderState.Filled, price);
        trade.TargetOrder = NoteProtection(trade, TargetOrder(trade), default, OrderState.Submitted, 0);
    }

    private ProtectionOrder TargetOrder(in OpenTrade trade) => new(OrderRole.TakeProfit, OrderType.Limit, trade.Protection.Target,
        trade.Protection.TargetOrderQuantity(trade.EntryQuantity, Instrument));

    // The order of a stop that the strategy has set for a trade without one.
    private void NoteStop(ref OpenTrade trade)
    {
        if (trade.StopOrder.IsNone) trade.StopOrder = NoteProtection(trade, StopOrder(trade), default, OrderState.Submitted, 0);
    }

    private static ProtectionOrder StopOrder(in OpenTrade trade) => new(OrderRole.StopLoss, OrderType.Stop, trade.Protection.Stop,
        trade.EntryQuantity);

    private OrderId NoteProtection(in OpenTrade trade, in ProtectionOrder leg, OrderId id, OrderState state, double price)
    {
        if (leg.Level <= 0) return id;
        if (id.IsNone) id = NextOrder();
        var order = new Order
        {
            Id = id,
            Role = leg.Role,
            Type = leg.Type,
            Side = (Side)(-(int)trade.Side),
            Quantity = leg.Quantity,
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
        _events.OrderChanged(order);
        return id;
    }
}
