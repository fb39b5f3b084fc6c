using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The fees of the portfolio's fills. Fees in proportion to size follow the strategy's; others are computed for the portfolio's own orders.
/// </summary>
internal sealed class PortfolioFees(ExecutionSettings execution, IReadOnlyList<Instrument> instruments)
{
    private readonly FeeModel[] _fees = [.. instruments.Select(i => execution.For(i.Symbol).Fee)];
    private readonly TradedNotional? _traded = execution.Fee.TierDays is > 0 and var days ? new TradedNotional(days) : null;
    // By trade, what its orders have paid.
    private readonly Dictionary<long, List<(long Order, OrderFees Paid)>> _paid = [];

    /// <summary>Whether every fee in an instrument is the strategy's in proportion to the quantity.</summary>
    public bool IsProportional(int market) => _fees[market].IsProportional;

    /// <summary>The fee of the portfolio's part of a fill.</summary>
    /// <param name="quantity">The portfolio's, base units.</param>
    /// <param name="hasOwnPrice">Whether the price is this quantity's, and not the strategy's.</param>
    public double Of(long trade, int market, in TradeFill fill, double quantity, bool hasOwnPrice = false)
    {
        var fee = _fees[market];
        var multiplier = instruments[market].Multiplier;
        var traded = Count(market, fill.Time, fill.Price, quantity);
        if (fee.IsProportional)
            return hasOwnPrice ? fee.Fee(fill.Price, quantity, multiplier, fill.IsMaker) : fill.Commission * (quantity / fill.Quantity);
        if (!_paid.TryGetValue(trade, out var orders)) _paid[trade] = orders = new(2);
        var at = 0;
        while (at < orders.Count && orders[at].Order != fill.Order.Value) at++;
        if (at == orders.Count) orders.Add((fill.Order.Value, default));
        var paid = orders[at].Paid;
        var due = fee.NextFee(fill.Price, quantity, multiplier, fill.IsMaker, traded, ref paid);
        orders[at] = (fill.Order.Value, paid);
        return due;
    }

    /// <summary>The fee of an order of the portfolio's own, which fills at once.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public double OfOrder(int market, long time, double price, double quantity)
    {
        var paid = default(OrderFees);
        var traded = Count(market, time, price, quantity);
        return _fees[market].NextFee(price, quantity, instruments[market].Multiplier, maker: false, traded, ref paid);
    }

    /// <summary>Counts a fill in the notional that the account trades, in all instruments.</summary>
    /// <returns>The notional before it.</returns>
    public double Count(int market, long time, double price, double quantity)
    {
        if (_traded is null) return 0;
        var before = _traded.At(time);
        _traded.Add(time, price * quantity * instruments[market].Multiplier * instruments[market].Rates.At(time));
        return before;
    }

    /// <summary>The fee of a market order that closes a quantity at once.</summary>
    public double ToClose(int market, double price, double quantity) =>
        _fees[market].Fee(price, quantity, instruments[market].Multiplier, maker: false);

    /// <summary>The fee of an order that would fill at once; it counts nothing.</summary>
    /// <param name="time">UTC ticks.</param>
    public double AtOnce(int market, long time, double price, double quantity, bool maker)
    {
        var paid = default(OrderFees);
        return _fees[market].NextFee(price, quantity, instruments[market].Multiplier, maker, _traded?.Seen(time) ?? 0, ref paid);
    }

    /// <summary>The trade is closed.</summary>
    public void Forget(long trade) => _paid.Remove(trade);
}
