using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// Buying power that positions in one instrument tie up: their price in cash, a margin per unit, or a part of their value if the account
/// has leverage. Without leverage, the proceeds of a short sale stay locked, and the same amount again is its collateral.
/// </summary>
internal readonly struct BuyingPower(Instrument instrument, ExecutionSettings execution)
{
    private readonly double _multiplier = instrument.Multiplier, _margin = instrument.MarginPerUnit,
        _leverage = execution.EffectiveLeverage, _maintenance = execution.Maintenance;
    // A fee is paid in cash. With a margin mode no leverage covers it, so it takes as much buying power as a margin of that amount.
    private readonly double _feeWeight = execution.Margin == MarginMode.None ? 1 : execution.EffectiveLeverage;
    private readonly bool _isIsolated = execution.Margin == MarginMode.Isolated;
    private readonly bool _settles = instrument.MarginPerUnit > 0 || execution.Margin != MarginMode.None;
    private readonly FeeModel _fee = execution.Fee;

    /// <summary>Whether each trade has a margin of its own.</summary>
    public bool IsIsolated => _isIsolated;

    /// <summary>Whether a position needs a margin per unit instead of its price.</summary>
    public bool IsMargined => _margin > 0;

    /// <summary>
    /// Returns the amount that positions add to the cash that earns or pays interest. The lender of the shares keeps the proceeds of short
    /// sales. Futures, and all positions of an account with a margin mode, settle their gains and losses in cash.
    /// </summary>
    /// <param name="net">The value of longs minus shorts.</param>
    /// <param name="shorts">The value of shorts.</param>
    public double Settled(double net, double shorts) => _settles ? net : -shorts;

    /// <summary>Returns the amount that a position ties up, before the fee.</summary>
    public double Outlay(double price, double quantity) =>
        _margin > 0 ? (_leverage > 0 ? _leverage : 1) * quantity * _margin : quantity * price * _multiplier;

    public double Cost(double price, double quantity, bool maker) =>
        WithFee(Outlay(price, quantity), _fee.Fee(price, quantity, _multiplier, maker));

    /// <summary>The buying power that an outlay takes with its fee.</summary>
    public double WithFee(double outlay, double fee) => outlay + fee * _feeWeight;

    /// <summary>Buying power that the limit of a position's notional leaves.</summary>
    /// <param name="room">Notional by which positions in the instrument may grow.</param>
    public double WithinNotional(double available, double room, double price) =>
        double.IsPositiveInfinity(room) ? available
            : Math.Min(available, Cost(price, Math.Max(0, room) / (price * _multiplier), maker: false));

    /// <summary>Returns the amount that becomes available when this quantity of a trade is closed, before the fee.</summary>
    /// <param name="entry">The entry price.</param>
    public double Released(Side side, double entry, double quantity, double price) =>
        // With isolated margin: its margin and its profit.
        _isIsolated ? Outlay(entry, quantity) + _leverage * (int)side * (price - entry) * quantity * _multiplier
        : _leverage > 0 ? Outlay(price, quantity)
        : _margin > 0 ? quantity * _margin
        : side == Side.Buy ? quantity * price * _multiplier
        : quantity * (2 * entry - price) * _multiplier;

    /// <summary>Returns the buying power that positions tie up at a price.</summary>
    public double Tied(in PositionSums sums, double price) =>
        _isIsolated ? sums.Isolated : _leverage > 0 ? Outlay(price, sums.Gross) : _margin > 0 ? sums.Gross * _margin : sums.Collateral;

    /// <summary>
    /// The buying power that a position with isolated margin ties up: its margin, and its notional at the entry, which the cash has paid or
    /// received.
    /// </summary>
    public double TiedUp(Side side, double entry, double quantity) =>
        Outlay(entry, quantity) - _leverage * (int)side * entry * quantity * _multiplier;

    /// <summary>The maintenance requirement: open trades get a margin call if the equity is below it.</summary>
    public double Requirement(in PositionSums sums, double price) =>
        _maintenance * sums.Gross * (_margin > 0 ? _margin : Math.Abs(price) * _multiplier);

    /// <summary>The least part of a requested quantity to which an entry is reduced; a smaller one is refused.</summary>
    public const double LeastPart = 0.01;

    /// <summary>The part of a quantity that the cash pays for, fee included; 0 if it is below <see cref="LeastPart"/>.</summary>
    public double Payable(double wanted, double price, double available, bool maker)
    {
        var cost = Cost(price, wanted, maker);
        if (!Exceeds(cost, available)) return wanted;
        if (!(available > 0)) return 0;
        var quantity = wanted * (available / cost);
        // A fee that is not proportional to size takes more than its share.
        if (Cost(price, quantity, maker) > available)
            quantity = (available - _feeWeight * _fee.Fee(price, quantity, _multiplier, maker)) / Outlay(price, 1);
        return quantity >= LeastPart * wanted ? quantity : 0;
    }

    /// <summary>
    /// Whether a cost exceeds the cash. The tolerance prevents that rounding of the size rejects an order that spends all the cash.
    /// </summary>
    public static bool Exceeds(double cost, double available) => cost > available + Math.Abs(available) * Tolerance.Arithmetic;
}
