using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Trading;

/// <summary>Checks an order before it is sent: capabilities of the exchange, and limits of the session.</summary>
internal sealed class OrderGate(BrokerCapabilities capabilities, VenueSettings settings, VenueBook book, PriceBoard prices,
    TimeProvider clock)
{
    private static readonly TimeSpan ExitPause = TimeSpan.FromSeconds(2);

    private readonly Queue<long> _sent = new();
    private readonly Dictionary<string, long> _exitsRefused = new(StringComparer.Ordinal);

    /// <summary>Records that the exchange rejected an exit.</summary>
    /// <param name="entry">Client id of the entry that the exit closes.</param>
    public void NoteRefusedExit(string entry)
    {
        foreach (var (earlier, at) in _exitsRefused)
            if (clock.GetElapsedTime(at) >= ExitPause) _exitsRefused.Remove(earlier);
        _exitsRefused[entry] = clock.GetTimestamp();
    }

    /// <summary>Returns why the order must not be sent; null if it may be.</summary>
    /// <param name="quantity">The quantity in whole lots.</param>
    public string? Refusal(BrokerOrder order, VenueInstrument? instrument, decimal quantity)
    {
        if (instrument is null) return $"unknown symbol {order.Symbol}";
        // A session repeats a rejected exit at once; the exchange does not get the same request again within a short time.
        if (order.Closes is { } closes && _exitsRefused.TryGetValue(closes, out var at) && clock.GetElapsedTime(at) < ExitPause)
            return "the exchange has refused such an order a moment ago";
        if (!instrument.IsTrading) return $"{instrument.Listed} is not traded now";
        if (!(order.Quantity > 0)) return "the quantity is not positive";
        if (quantity <= 0)
            return $"the quantity {Digits.Text(order.Quantity, null)} is below one lot of "
                + FormattableString.Invariant($"{instrument.Lot} {instrument.Base}");
        if (!capabilities.OrderTypes.Contains(order.Type)) return $"the exchange has no {order.Type.Word()} orders";
        if (order.Closes is null && order.Side == Side.Sell && !capabilities.Short)
            return "a spot market cannot sell short";
        if (instrument.Traded.MinimumOf((double)quantity, 0) > 0)
            return FormattableString.Invariant($"the quantity {quantity} is below the exchange's minimum of {instrument.MinQuantity}");
        if (instrument.MaxQuantity > 0 && quantity > instrument.MaxQuantity)
            return FormattableString.Invariant($"the quantity {quantity} is above the exchange's maximum of {instrument.MaxQuantity}");
        return Value(order, instrument, quantity) ?? Rate(order);
    }

    private string? Value(BrokerOrder order, VenueInstrument instrument, decimal quantity)
    {
        var price = order.LimitPrice > 0 ? (decimal)order.LimitPrice : order.StopPrice > 0 ? (decimal)order.StopPrice
            : prices.Last(instrument.Listed);
        if (price <= 0) return null;
        var value = price * quantity;
        if (instrument.Traded.MinimumOf((double)quantity, (double)price) > 0)
            return FormattableString.Invariant(
                $"the order is worth {Plain(value)} {instrument.Quote}, less than the exchange's minimum of {instrument.MinNotional}");
        if (order.Closes is not null) return null;
        if (settings.MaxOrder > 0 && value > (decimal)settings.MaxOrder)
            return FormattableString.Invariant(
                $"the order is worth {Plain(value)} {instrument.Quote}, more than the session's limit maxOrder={settings.MaxOrder}");
        if (settings.MaxExposure <= 0) return null;
        var open = book.OpenEntries.Sum(e => e.Open * Price(e))
            + book.Working.Where(o => o.IsEntry).Sum(o => (o.Quantity - o.Filled) * Price(o));
        return open + value <= (decimal)settings.MaxExposure ? null
            : FormattableString.Invariant($"with this order the session would hold {Plain(open + value)} {instrument.Quote}, ")
                + FormattableString.Invariant($"more than its limit maxExposure={settings.MaxExposure}");
    }

    private decimal Price(VenueOrder order) => prices.Last(order.Instrument.Listed) is > 0 and var last ? last
        : order.Filled > 0 ? order.Notional / order.Filled : (decimal)order.Order.LimitPrice;

    // Exits count towards the limit, but are never refused.
    private string? Rate(BrokerOrder order)
    {
        var now = clock.GetTimestamp();
        while (_sent.TryPeek(out var first) && clock.GetElapsedTime(first, now) >= TimeSpan.FromMinutes(1)) _sent.Dequeue();
        if (order.Closes is null && settings.MaxOrdersPerMinute > 0 && _sent.Count >= settings.MaxOrdersPerMinute)
            return FormattableString.Invariant(
                $"the session's limit of {settings.MaxOrdersPerMinute} orders a minute is reached (maxOrdersPerMinute)");
        _sent.Enqueue(now);
        return null;
    }
}
