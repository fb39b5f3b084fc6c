using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// Margin and liquidation of positions in one instrument. Strategy accounts, the portfolio and the simulated exchange share this rule.
/// </summary>
/// <remarks>
/// The exchange takes a liquidated position over with what is left of its margin: an isolated trade loses its whole margin, never more, and
/// an account with cross margin loses its equity. A loss beyond that is the exchange's.
/// </remarks>
internal readonly struct PositionMargin
{
    private readonly double _multiplier, _marginPerUnit, _leverage, _feeRate, _maintenance;
    private readonly MarginTiers _tiers;

    public PositionMargin(Instrument instrument, ExecutionSettings execution)
    {
        (_multiplier, _marginPerUnit, _leverage) = (instrument.Multiplier, instrument.MarginPerUnit, execution.EffectiveLeverage);
        (IsIsolated, IsCross) = (execution.Margin == MarginMode.Isolated, execution.Margin == MarginMode.Cross);
        _feeRate = execution.LiquidationFeeRate;
        var tiers = execution.TiersOf(instrument.Symbol);
        // Without a table, an instrument with a margin per unit requires a part of that margin, at any price.
        _maintenance = tiers is null && _marginPerUnit > 0 ? execution.Maintenance * _marginPerUnit : 0;
        _tiers = tiers ?? MarginTiers.Flat(_marginPerUnit > 0 ? 0 : execution.Maintenance);
        MostNotional = tiers?.MostAt(_leverage) ?? double.PositiveInfinity;
    }

    public bool IsIsolated { get; }

    public bool IsCross { get; }

    /// <summary>Whether the liquidation price of a trade depends on its quantity.</summary>
    public bool DependsOnSize => IsIsolated && _tiers.Count > 1;

    /// <summary>The greatest notional of a position, quote currency; infinite without a limit.</summary>
    public double MostNotional { get; }

    /// <summary>The margin of a trade: its notional at the entry divided by the leverage.</summary>
    public double Initial(double entry, double quantity) =>
        _marginPerUnit > 0 ? quantity * _marginPerUnit : entry * quantity * _multiplier / _leverage;

    /// <summary>Returns the requirement of positions on both sides at a price: maintenance margin and liquidation fee.</summary>
    /// <param name="longs">Base units.</param>
    /// <param name="shorts">Base units.</param>
    public double Requirement(double price, double longs, double shorts)
    {
        var unit = price * _multiplier;
        var needed = (longs + shorts) * (_feeRate * unit + _maintenance);
        if (longs > 0) needed += _tiers.Maintenance(longs * unit);
        if (shorts > 0) needed += _tiers.Maintenance(shorts * unit);
        return needed;
    }

    /// <summary>The liquidation price of a trade with isolated margin; NaN if there is none.</summary>
    public double PriceOf(Side side, double entry, double quantity) => LiquidationPrice.Isolated(side, entry, quantity * _multiplier,
        Initial(entry, quantity) - quantity * _maintenance, _tiers, _feeRate);

    /// <summary>The price of the instrument at which an account with cross margin is liquidated; NaN if there is none.</summary>
    /// <param name="cash">Equity is <c>cash + (longs − shorts) · multiplier · price</c>.</param>
    public double PriceOfAccount(double cash, double longs, double shorts) => LiquidationPrice.Cross(
        cash - (longs + shorts) * _maintenance, longs * _multiplier, shorts * _multiplier, _tiers, _feeRate);

    /// <summary>Returns the rest of a trade's margin after a close at a price; negative = the loss is greater.</summary>
    /// <param name="commission">The exit's commission.</param>
    public double Left(Side side, double entry, double quantity, double price, double commission) =>
        Initial(entry, quantity) + (int)side * (price - entry) * quantity * _multiplier - commission;

    /// <summary>Whether a bar, or a part of one, reaches the liquidation price of a position.</summary>
    public static bool IsReached(Side side, double level, in Bar part) =>
        side == Side.Buy ? PriceLevel.IsAtOrBelow(part.Low, level) : PriceLevel.IsAtOrAbove(part.High, level);

    /// <summary>Whether the market opens beyond the liquidation price of a position.</summary>
    public static bool IsBeyond(Side side, double level, double price) =>
        side == Side.Buy ? price <= level : price >= level;

    /// <summary>The price of a liquidation: its level, or the market's price if that is beyond it.</summary>
    /// <param name="from">The market's price before the part: its open, or the price of an entry within it.</param>
    public static double PriceAt(Side side, double level, double from, in Bar part) =>
        IsBeyond(side, level, from) ? from : PriceLevel.Met(level, side == Side.Buy ? part.Low : part.High);

    /// <summary>Whether a liquidation that a part of a bar reaches comes before the stop and target of its trade.</summary>
    /// <param name="from">The market's price before the part.</param>
    /// <param name="stopPrice">The price at which the stop would fill. Beyond the liquidation price it comes too late.</param>
    /// <param name="order">Whether stop and target work in this part of the bar, and the order of levels in it.</param>
    public static bool ComesFirst(Side side, double level, in TradeProtection protection, in Bar part, double from,
        double stopPrice, (bool Works, IntrabarRule Rule, bool FromSmallerBars) order)
    {
        if (!order.Works || IsBeyond(side, level, from)) return true;
        if (protection.WorkingStop(side).Price is > 0 and var stop && !IsBeyond(side, level, stop)) return IsBeyond(side, level, stopPrice);
        var target = protection.Target;
        var reachesTarget = target > 0
            && (side == Side.Buy ? PriceLevel.IsAtOrAbove(part.High, target) : PriceLevel.IsAtOrBelow(part.Low, target));
        if (!reachesTarget) return true;
        // A smaller bar that opens beyond the target reached it first.
        return order.Rule == IntrabarRule.StopFirst && !(order.FromSmallerBars && FillRule.IsBeyondTarget(side, target, from));
    }
}
