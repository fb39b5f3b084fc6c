using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

/// <summary>The behaviour of a venue that a strategy's account does not have: orders arrive within a bar, and fill in parts.</summary>
internal sealed class VenueFaults
{
    private readonly Dictionary<OrderId, (long Arrives, int Parts)> _orders = [];

    /// <param name="arrives">UTC ticks.</param>
    /// <param name="parts">The number of fills, at least 1.</param>
    public void Add(OrderId id, long arrives, int parts) => _orders[id] = (arrives, parts);

    public void Forget(OrderId id) => _orders.Remove(id);

    /// <summary>When an order arrives, UTC ticks; 0 for one that is there.</summary>
    public long ArrivalOf(OrderId id) => _orders.TryGetValue(id, out var known) ? known.Arrives : 0;

    /// <summary>The next part of an order's quantity; the last part is all that is left.</summary>
    public double NextPart(in Order order, Instrument instrument)
    {
        if (!_orders.TryGetValue(order.Id, out var known) || known.Parts <= 1) return order.Rest;
        _orders[order.Id] = known with { Parts = known.Parts - 1 };
        var part = instrument.RoundQuantity(order.Rest / known.Parts);
        return part > 0 ? Math.Min(order.Rest, part) : 0;
    }
}
