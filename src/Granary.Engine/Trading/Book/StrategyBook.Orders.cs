using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// The life of an order: made, sent, delayed, refused, filled, expired and cancelled.
internal sealed partial class StrategyBook
{
    public bool HasPendingEntry(Side side) => _orders.EntriesOf(side) > 0;

    // Orders and signals are numbered within the strategy run, over all its books.
    private OrderId NextOrder() => new(_shared is null ? ++_lastOrderId : _shared.NextOrder());

    private int NextSignal()
    {
        SignalCount++;
        return _shared is null ? SignalCount : _shared.NextSignal();
    }

    // Makes an order that is not sent yet; the reference is valid until the next order is made.
    private ref Order NewOrder(OrderRole role, OrderType type, Side side, double quantity, long time)
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

    // Makes an order that closes a trade.
    private ref Order NewExit(in OpenTrade trade, OrderType type, ExitReason reason, long time)
    {
        ref var order = ref NewOrder(OrderRole.Exit, type, (Side)(-(int)trade.Side), trade.Quantity, time);
        order.TradeNumber = trade.Number;
        order.Reason = reason;
        order.ExpiresAt = long.MaxValue;
        return ref order;
    }

    // Sends the order that was made last, which then waits for its fill.
    private void Send(ref Order order)
    {
        order.Become(OrderState.Submitted);
        _events.OrderChanged(order);
        var isPending = _shared is not null && (order.Role == OrderRole.Exit || order.Role == OrderRole.Entry && order.Type.IsAtMarket());
        _orders.Keep();
        Active = true;
        if (isPending) _shared!.Await(this, true);
    }

    // Whether an exit, or an entry at the market, waits.
    private bool HasPending()
    {
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].Exiting)
                return true;
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].Type.IsAtMarket())
                return true;
        return false;
    }

    // Sets the bar from which an order works, if orders take longer than until the next bar.
    private void Delay(ref Order order, int index)
    {
        if (_hasLatency) AddLatency(ref order, index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddLatency(ref Order order, int index)
    {
        order.WorksFrom = _block.FirstIndex + index + 1 + _execution.LatencyBars;
        if (_execution.Fill != FillTiming.SameClose || order.Type != OrderType.Market || _staleAt != 0) return;
        // An order that would have filled on this close fills on a later one.
        order.Type = OrderType.MarketOnClose;
        order.WorksFrom--;
    }

    // Whether an order of this type fills at the close at which it is made.
    private bool FillsNow(OrderType type) =>
        _execution.Fill == FillTiming.SameClose && type == OrderType.Market && _staleAt == 0 && !_hasLatency;

    // Sets the expiry of an order that does not wait until it is cancelled, on the first bar on which it works. The signal's own expiry may
    // be earlier.
    private void SetExpiry(ref Order order, long time)
    {
        if (order.TimeInForce != TimeInForce.GoodTillCancelled
            && (order.ExpiresAt == long.MaxValue || _settings.SignalValid > TimeSpan.Zero)) Expire(ref order, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Expire(ref Order order, long time)
    {
        var end = order.TimeInForce switch
        {
            TimeInForce.Day => Instrument.Calendar.EndOfDay(time),
            TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill => time,
            TimeInForce.GoodTillCancelled or TimeInForce.GoodTillDate => order.ExpiresAt,
        };
        order.ExpiresAt = Math.Min(order.ExpiresAt, end);
    }

    // Refuses an entry before it is sent.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reject(ref Order order, SignalEnd end, long time)
    {
        order.Become(OrderState.Rejected);
        _events.OrderChanged(order);
        _events.SignalEnded(order.TradeNumber, end, time);
        Refresh();
    }

    // Removes a waiting order that has not filled completely.
    private void Drop(int at, OrderState state, long time) => Drop(at, state, time, state switch
    {
        OrderState.Expired => SignalEnd.Expired,
        OrderState.Rejected => SignalEnd.NoCash,
        _ => SignalEnd.Cancelled,
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Drop(int at, OrderState state, long time, SignalEnd end)
    {
        ref var order = ref _orders[at];
        order.Become(state);
        _events.OrderChanged(order);
        if (order.Role == OrderRole.Entry)
        {
            if (order.FilledQuantity > 0) EntryEnded(order.TradeNumber, time);
            else _events.SignalEnded(order.TradeNumber, end, time);
        }
        _orders.RemoveAt(at);
    }

    private void EntryEnded(int number, long time)
    {
        var at = _trades.IndexOf(number);
        if (at >= 0) _trades[at].EntryWorking = false;
        _events.EntryEnded(number, time);
    }

    // Cancels the remainder of a trade's entry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CancelEntryOf(int number, long time)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].TradeNumber == number)
                Drop(i, OrderState.Cancelled, time);
    }

    /// <summary>Cancels the waiting entries of a side.</summary>
    public void CancelEntries(Side side, int index)
    {
        var time = TimeAt(index);
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].Side == side)
                Drop(i, OrderState.Cancelled, time);
        Refresh();
    }

    // Cancels the waiting exits of a trade.
    private void CancelExitsOf(int number, long time)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Exit && _orders[i].TradeNumber == number)
                Drop(i, OrderState.Cancelled, time);
    }

    // Cancels the waiting orders that would add to a trade.
    private void CancelStepsOf(int number, long time)
    {
        if (_settings.ScaleIn.Count == 0) return;
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].AddsTo == number)
                Drop(i, OrderState.Cancelled, time);
    }

    // Trades that have ended in the bar.
    private List<int>? _endedWithSteps;

    // Orders that add to a trade wait until the close of the bar in which it has ended: a host knows of the end only then.
    private void EndSteps(long time)
    {
        if (_endedWithSteps is not { Count: > 0 }) return;
        foreach (var number in _endedWithSteps) CancelStepsOf(number, time);
        _endedWithSteps.Clear();
    }

    private void CancelAll(long time)
    {
        while (_orders.Count > 0) Drop(_orders.Count - 1, OrderState.Cancelled, time);
    }

    /// <returns>false if no such order is waiting.</returns>
    public bool Cancel(OrderId id, int index)
    {
        var at = _orders.IndexOf(id);
        if (at < 0) return false;
        Drop(at, OrderState.Cancelled, TimeAt(index));
        Refresh();
        return true;
    }

    /// <summary>Expires waiting entries after the instrument has stopped trading.</summary>
    public void ExpireEntries(long time)
    {
        var waiting = _orders.Count;
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role is OrderRole.Entry or OrderRole.Net)
                Drop(i, OrderState.Expired, time);
        if (_orders.Count != waiting) Refresh();
    }

    // Ends the signals of entries that are still waiting when the run ends.
    private void EndWaiting(ref BookEvents events, long time)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
        {
            if (_orders[i].Role != OrderRole.Entry || _orders[i].FilledQuantity > 0) continue;
            events.SignalEnded(_orders[i].TradeNumber, SignalEnd.Unfilled, time);
        }
    }

    // Books a fill on its order; true if the order is now completely filled.
    private bool RecordFill(ref Order order, double quantity, double price)
    {
        var before = order.FilledQuantity;
        var whole = quantity == order.Rest;
        order.FilledPrice = before == 0 ? price : (order.FilledPrice * before + price * quantity) / (before + quantity);
        order.FilledQuantity = whole ? order.Quantity : before + quantity;
        order.Rests = true;
        order.Become(whole ? OrderState.Filled : OrderState.PartiallyFilled);
        _events.OrderChanged(order);
        return whole;
    }
}
