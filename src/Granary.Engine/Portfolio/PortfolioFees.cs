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
    public double Of(long trade, int market, in TradeFill fill, double quantity)
    {
        var fee = _fees[market];
        if (fee.IsProportional) return fill.Commission * (quantity / fill.Quantity);
        var multiplier = instruments[market].Multiplier;
        if (!_paid.TryGetValue(trade, out var orders)) _paid[trade] = orders = new(2);
        var at = 0;
        while (at < orders.Count && orders[at].Order != fill.Order.Value) at++;
        if (at == orders.Count) orders.Add((fill.Order.Value, default));
        var paid = orders[at].Paid;
        var due = fee.NextFee(fill.Price, quantity, multiplier, fill.IsMaker, _traded?.At(fill.Time) ?? 0, ref paid);
        orders[at] = (fill.Order.Value, paid);
        _traded?.Add(fill.Time, fill.Price * quantity * multiplier);
        return due;
    }

    /// <summary>The fee of a market order that closes a quantity at once.</summary>
    public double ToClose(int market, double price, double quantity) =>
        _fees[market].Fee(price, quantity, instruments[market].Multiplier, maker: false);

    /// <summary>The trade is closed.</summary>
    public void Forget(long trade) => _paid.Remove(trade);
}
