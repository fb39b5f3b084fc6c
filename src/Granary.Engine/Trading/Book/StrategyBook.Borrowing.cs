using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Borrowing for short positions: checked for an entry at its signal and at its fill, and taken back by a recall.
internal sealed partial class StrategyBook
{
    // The quantity that more short positions can have at a time.
    private double Borrowable(long time) => Math.Max(0, _borrow!.AvailableAt(time) - _trades.QuantityOf(Side.Sell));

    // The same at a close, with the entries that wait.
    private double BorrowableAtClose(int index)
    {
        var room = Borrowable(_timeframe.CloseOf(TimeAt(index)));
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var waiting = ref _orders[i];
            if (waiting.Role == OrderRole.Entry && waiting.Side == Side.Sell) room -= waiting.Rest;
        }
        return Math.Max(0, room);
    }

    // The part of an entry's quantity that can be borrowed at a close; NaN where the entry is to be refused.
    private double Shortable(double wanted, int index) => Shortable(wanted, BorrowableAtClose(index));

    private double Shortable(double wanted, double room)
    {
        var part = _borrow!.PartOf(wanted, room, Instrument);
        return part > 0 || part == wanted ? part : double.NaN;
    }

    // Cuts the next fill of a short entry to what can be borrowed at the open of its bar; false where that is nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Borrow(ref Order order, ref double quantity, long time)
    {
        var part = Shortable(quantity, Borrowable(time));
        if (part == quantity) return true;
        if (!(part > 0)) return false;
        order.Quantity = order.FilledQuantity + part;
        quantity = order.Rest;
        _events.EntryCut(order.TradeNumber, time, quantity, isBorrowed: true);
        return true;
    }

    // Takes from a manual order what would open more short than can be borrowed. What closes longs is filled; the rest is a refused signal.
    // Returns whether something is left to fill.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool BorrowNet(int at, ref double quantity, double reference, double price, long time)
    {
        var opens = OpeningPart(Side.Sell, quantity, price, out _);
        if (!(opens > 0)) return true;
        var part = Shortable(opens, Borrowable(time));
        if (part == opens) return true;
        if (double.IsNaN(part)) part = 0;
        var rest = quantity - opens + part;
        if (!(rest > 0))
        {
            RefuseNet(at, quantity, reference, price, time, SignalEnd.NotShortable);
            return false;
        }
        ref var order = ref _orders[at];
        if (part == 0 && order.TradeNumber == 0)
        {
            var refused = order;
            refused.TradeNumber = NextSignal();
            _events.SignalledByFill(refused, reference, opens);
            _events.SignalEnded(refused.TradeNumber, SignalEnd.NotShortable, time);
        }
        order.Quantity = order.FilledQuantity + rest;
        quantity = order.Rest;
        return true;
    }

    // Whether a manual order can only open a short position, and nothing can be borrowed for it.
    private bool OpensUnborrowed(Side side, double quantity, int index) => _borrow is not null && side == Side.Sell
        && !(_trades.QuantityOf(Side.Buy) > 0) && double.IsNaN(Shortable(quantity, Borrowable(_timeframe.CloseOf(TimeAt(index)))));

    // Closes what is held short beyond what can be borrowed at a close, the last entered first, at the next open.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseRecalled(in Bar bar, int index)
    {
        if (_trades.Count == 0) return;
        var excess = _trades.QuantityOf(Side.Sell) - Leaving() - _borrow!.AvailableAt(_timeframe.CloseOf(bar.Time));
        for (var i = _trades.Count - 1; i >= 0 && excess > 0; i--)
        {
            ref var trade = ref _trades[i];
            if (trade.Side != Side.Sell || trade.Exiting) continue;
            // The rest stays in whole lots, so that enough is closed.
            var stays = Instrument.RoundQuantity(Math.Max(0, trade.Quantity - excess));
            var (goes, isWhole) = (trade.Quantity - stays, !(stays > 0));
            if (!(goes > trade.Quantity * (BorrowSeries.Enough - 1))) continue;
            excess -= goes;
            var filled = isWhole ? SendExit(ref trade, index, OrderType.Market, ExitReason.Recalled) : SendPart(trade, goes, index);
            // The lender does it, without latency.
            if (!filled) _orders.Last.WorksFrom = 0;
        }
    }

    // Sends an exit of a part of a trade; true where it has filled at once.
    private bool SendPart(in OpenTrade trade, double quantity, int index)
    {
        ref var order = ref NewExit(trade, OrderType.Market, ExitReason.Recalled, TimeAt(index));
        (order.Quantity, order.IsPart) = (quantity, true);
        Send(ref order);
        if (!FillsNow(OrderType.Market)) return false;
        FillAtClose(_orders.Count - 1, index);
        return true;
    }

    // The quantity held short that has an exit on its way.
    private double Leaving()
    {
        var sum = 0.0;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side == Side.Sell && trade.Exiting) sum += trade.Quantity;
        }
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (order.Role == OrderRole.Exit && order.IsPart && order.Reason == ExitReason.Recalled) sum += order.Rest;
        }
        return sum;
    }
}
