using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// What positions in one instrument bind of an account: their price in cash, a margin per unit, or a part of their value where the account
/// has leverage. Without leverage the proceeds of a short sale stay locked, and as much again as its collateral.
/// </summary>
internal readonly struct BuyingPower(Instrument instrument, ExecutionSettings execution)
{
    private readonly double _multiplier = instrument.Multiplier, _margin = instrument.MarginPerUnit, _leverage = execution.Leverage,
        _maintenance = execution.Maintenance;
    private readonly FeeModel _fee = execution.Fee;

    /// <summary>Whether a purchase is not paid for, but secured by so much per unit.</summary>
    public bool IsMargined => _margin > 0;

    /// <summary>What a position binds, before the fee.</summary>
    public double Outlay(double price, double quantity) =>
        _margin > 0 ? (_leverage > 0 ? _leverage : 1) * quantity * _margin : quantity * price * _multiplier;

    public double Cost(double price, double quantity, bool maker) =>
        Outlay(price, quantity) + _fee.Fee(price, quantity, _multiplier, maker);

    /// <summary>What can be spent again when so much of a trade is closed, before the fee.</summary>
    public double Released(in OpenTrade trade, double quantity, double price) =>
        _leverage > 0 ? Outlay(price, quantity)
        : _margin > 0 ? quantity * _margin
        : trade.Side == Side.Buy ? quantity * price * _multiplier
        : quantity * (2 * trade.EntryPrice - price) * _multiplier;

    /// <summary>What new entries may cost.</summary>
    /// <param name="cash">The balance in which every fill's notional is booked in full.</param>
    /// <param name="equity">At this price.</param>
    public double Available(double cash, double equity, in OpenTrades trades, double price)
    {
        // So many times the equity, less what is held.
        var available = _leverage > 0 ? _leverage * equity : _margin > 0 ? equity : cash;
        for (var i = 0; i < trades.Count; i++)
        {
            ref var trade = ref trades[i];
            if (_leverage > 0) available -= Outlay(price, trade.Quantity);
            else if (_margin > 0) available -= trade.Quantity * _margin;
            else if (trade.Side == Side.Sell) available -= 2 * trade.Quantity * trade.EntryPrice * _multiplier;
        }
        return available;
    }

    /// <summary>The equity that open trades need if they are not to be called.</summary>
    public double Requirement(in OpenTrades trades, double price)
    {
        var needed = 0.0;
        for (var i = 0; i < trades.Count; i++)
            needed += _maintenance * trades[i].Quantity * (_margin > 0 ? _margin : price * _multiplier);
        return needed;
    }

    /// <summary>An entry that would be resized to less than this part of what was asked is refused: it would be dust.</summary>
    public const double LeastPart = 0.01;

    /// <summary>How much of a quantity can be paid, its fee included; 0 where that is less than <see cref="LeastPart"/> of it.</summary>
    public double Payable(double wanted, double price, double available, bool maker)
    {
        var cost = Cost(price, wanted, maker);
        if (!Exceeds(cost, available)) return wanted;
        if (!(available > 0)) return 0;
        var quantity = wanted * (available / cost);
        // A fee that does not follow from size takes more than its part.
        if (Cost(price, quantity, maker) > available)
            quantity = (available - _fee.Fee(price, quantity, _multiplier, maker)) / Outlay(price, 1);
        return quantity >= LeastPart * wanted ? quantity : 0;
    }

    /// <summary>Rounding of the size itself must not cost an order that spends all there is.</summary>
    public static bool Exceeds(double cost, double available) => cost > available + Math.Abs(available) * 1e-12;
}
