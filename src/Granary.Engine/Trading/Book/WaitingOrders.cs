using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>The orders of a book that wait for a bar, in the order of their making.</summary>
internal struct WaitingOrders
{
    private Order[] _orders = new Order[2];
    private int _count;
    // Entries among them, by side.
    private int _longs, _shorts;

    public WaitingOrders()
    {
    }

    public readonly int Count => _count;

    public readonly ref Order this[int at] => ref _orders[at];

    public readonly ref Order Last => ref _orders[_count - 1];

    /// <summary>The number of waiting entries of a side.</summary>
    public readonly int EntriesOf(Side side) => side == Side.Buy ? _longs : _shorts;

    /// <summary>An empty order behind the last one, which waits from <see cref="Keep"/> on.</summary>
    public ref Order Draft()
    {
        if (_count == _orders.Length) Array.Resize(ref _orders, _orders.Length * 2);
        ref var order = ref _orders[_count];
        order = default;
        return ref order;
    }

    /// <summary>The draft waits now.</summary>
    public void Keep() => CountEntry(_orders[_count++], 1);

    public void RemoveAt(int at)
    {
        CountEntry(_orders[at], -1);
        _count--;
        if (at < _count) Array.Copy(_orders, at + 1, _orders, at, _count - at);
    }

    private void CountEntry(in Order order, int more)
    {
        if (order.Role != OrderRole.Entry) return;
        if (order.Side == Side.Buy) _longs += more;
        else _shorts += more;
    }

    /// <returns>−1 where it does not wait.</returns>
    public readonly int IndexOf(OrderId id)
    {
        for (var i = 0; i < _count; i++)
            if (_orders[i].Id == id)
                return i;
        return -1;
    }

    /// <summary>The one that was made next after this; none where it was the last.</summary>
    public readonly OrderId After(OrderId id) => IndexAfter(id) is var at && at < _count ? _orders[at].Id : default;

    /// <summary>The place of the one that was made next after this; the count where it was the last.</summary>
    public readonly int IndexAfter(OrderId id)
    {
        var at = 0;
        while (at < _count && _orders[at].Id.Value <= id.Value) at++;
        return at;
    }

    /// <summary>An exit that waits closes all that is open of its trade.</summary>
    public readonly void FitExit(in OpenTrade trade)
    {
        for (var i = 0; trade.Exiting && i < _count; i++)
            if (_orders[i].Role == OrderRole.Exit && !_orders[i].IsPart && _orders[i].TradeNumber == trade.Number)
                _orders[i].Quantity = _orders[i].FilledQuantity + trade.Quantity;
    }
}
