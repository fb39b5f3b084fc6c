using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading.Book;

// How an order is made, sent, refused, delayed, and taken out again.
internal sealed partial class StrategyBook
{
    // Whether orders take longer than to the next bar.
    private readonly bool _late;

    // Orders and signals are numbered within the strategy run, over all its books.
    private int NextSignal()
    {
        _signals++;
        return _account is null ? _signals : ++_account.Signals;
    }

    private OrderId NextOrder() => new(_account is null ? ++_lastOrderId : ++_account.LastOrderId);

    private ref Order New(OrderRole role, OrderType type, Side side, double quantity, long time)
    {
        ref var order = ref _orders.Draft();
        order.Id = NextOrder();
        order.Role = role;
        order.Type = type;
        order.Side = side;
        order.Quantity = quantity;
        order.CreatedAt = time;
        return ref order;
    }

    private ref Order NewExit(in OpenTrade trade, OrderType type, ExitReason reason, long time)
    {
        ref var order = ref New(OrderRole.Exit, type, (Side)(-(int)trade.Side), trade.Quantity, time);
        order.TradeNumber = trade.Number;
        order.Reason = reason;
        order.ExpiresAt = long.MaxValue;
        return ref order;
    }

    // The order that was made last waits from now on.
    private void Send(ref Order order)
    {
        order.Become(OrderState.Submitted);
        Tell(order);
        _orders.Keep();
        Active = true;
    }

    // An order under way: on which bar it is there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Delay(ref Order order, int index)
    {
        order.WorksFrom = _block.FirstIndex + index + 1 + _execution.LatencyBars;
        if (_execution.Fill != FillTiming.SameClose || order.Type != OrderType.Market || StaleAt != 0) return;
        // What would have filled on this close fills on a later one.
        order.Type = OrderType.MarketOnClose;
        order.WorksFrom--;
    }

    // An order that does not wait for ever has had its first bar: how long it waits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Expire(ref Order order, long time) => order.ExpiresAt = order.TimeInForce switch
    {
        TimeInForce.Day => _instrument.Calendar.EndOfDay(time),
        TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill => time,
        _ => order.ExpiresAt,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reject(ref Order order, SignalEnd end, long time)
    {
        order.Become(OrderState.Rejected);
        Tell(order);
        End(order.TradeNumber, end, time);
        Refresh();
    }

    // Takes a waiting order out, unfilled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Drop(int at, OrderState state, long time)
    {
        ref var order = ref _orders[at];
        order.Become(state);
        Tell(order);
        if (order.Role == OrderRole.Entry)
        {
            _orders.CountEntry(order.Side, -1);
            if (order.FilledQuantity > 0) EntryEnded(order.TradeNumber, time);
            else End(order.TradeNumber, state switch
            {
                OrderState.Expired => SignalEnd.Expired,
                OrderState.Rejected => SignalEnd.NoCash,
                _ => SignalEnd.Cancelled,
            }, time);
        }
        _orders.RemoveAt(at);
    }

    // Takes back what is still to come of a trade's entry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndEntry(int number, long time)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].TradeNumber == number)
                Drop(i, OrderState.Cancelled, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EntryEnded(int number, long time)
    {
        var at = _trades.IndexOf(number);
        if (at >= 0) _trades[at].EntryWorking = false;
        _observer?.OnEntryEnded(number, time);
    }

    private void End(int number, SignalEnd end, long time)
    {
        _fingerprint.Add((ulong)(uint)number << 8 | 0x80 | (byte)end, (ulong)time);
        SignalEnds = SignalEnds.Plus(end);
        _observer?.OnSignalEnded(number, end, time);
    }
}
