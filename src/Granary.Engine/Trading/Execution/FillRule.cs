using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// Computes the fill price of an order in a bar. Strategy accounts and the simulated exchange share this rule. So the same order fills at
/// the same price in a backtest, in paper trading and in the comparison with a live session.
/// </summary>
/// <remarks>
/// A limit order fills at its price, or at the open if the bar opens beyond it. A stop order fills at its price, or at the open if the bar
/// opens beyond it, which is worse. A stop-limit order whose limit lies behind its stop fills in the bar that triggers it only if the bar
/// closes beyond the limit. A fill takes two steps. <see cref="AtOpen"/> or <see cref="Within"/> returns the reference price at which the
/// order trades; with the slippage that it has and the order's limit, these are its terms. <see cref="Price"/> depends on the quantity.
/// <see cref="BarVolume"/> decides the quantity.
/// </remarks>
internal readonly struct FillRule(Instrument instrument, ExecutionSettings execution)
{
    private readonly SlippageModel? _slippage = execution.Slippage?.For(instrument);
    private readonly SlippageModel? _stopSlippage = execution.Slippage?.For(instrument).OfStops;
    private readonly double _tick = instrument.TickSize;

    /// <summary>The reference price at which an order trades at the bar's open; NaN if it does not trade.</summary>
    public static double AtOpen(ref Order order, in Bar bar)
    {
        var buy = order.Side == Side.Buy;
        order.ReturnedToLimit = false;
        switch (order.Type)
        {
            case OrderType.Market:
                return bar.Open;
            case OrderType.Limit:
                return AtOpenOrRests(ref order, bar);
            case OrderType.Stop:
                return IsBeyondStop(buy, bar.Open, order.StopPrice) ? bar.Open : double.NaN;
            case OrderType.StopLimit:
                if (!order.Triggered && IsBeyondStop(buy, bar.Open, order.StopPrice)) order.Triggered = true;
                return order.Triggered ? AtOpenOrRests(ref order, bar) : double.NaN;
            default:
                return double.NaN;
        }
    }

    // A limit that the open does not meet rests in the book from then on.
    private static double AtOpenOrRests(ref Order order, in Bar bar)
    {
        if (IsWithinLimit(order.Side == Side.Buy, bar.Open, order.LimitPrice)) return bar.Open;
        order.Rests = true;
        return double.NaN;
    }

    /// <summary>The reference price at which an order trades after the open of the bar; NaN if it does not trade.</summary>
    public static double Within(ref Order order, in Bar bar)
    {
        var buy = order.Side == Side.Buy;
        switch (order.Type)
        {
            case OrderType.Limit:
                return AtLimit(ref order, bar);
            case OrderType.Stop:
                var furthest = buy ? bar.High : bar.Low;
                return IsBeyondStop(buy, furthest, order.StopPrice) ? PriceLevel.Met(order.StopPrice, furthest) : double.NaN;
            case OrderType.StopLimit:
                return order.Triggered ? AtLimit(ref order, bar) : AtTrigger(ref order, bar);
            case OrderType.MarketOnClose:
                return bar.Close;
            default:
                return double.NaN;
        }
    }

    // A limit order whose price the market reaches after the open. The market came from the worse side, so it was there before the fill.
    private static double AtLimit(ref Order order, in Bar bar)
    {
        var buy = order.Side == Side.Buy;
        var best = buy ? bar.Low : bar.High;
        if (!IsWithinLimit(buy, best, order.LimitPrice)) return double.NaN;
        order.ReturnedToLimit = true;
        return PriceLevel.Met(order.LimitPrice, best);
    }

    // A stop-limit order in the bar that triggers it.
    private static double AtTrigger(ref Order order, in Bar bar)
    {
        var buy = order.Side == Side.Buy;
        var furthest = buy ? bar.High : bar.Low;
        if (!IsBeyondStop(buy, furthest, order.StopPrice)) return double.NaN;
        order.Triggered = true;
        if (IsWithinLimit(buy, order.StopPrice, order.LimitPrice)) return PriceLevel.Met(order.StopPrice, furthest);
        order.Rests = true;
        if (!IsWithinLimit(buy, bar.Close, order.LimitPrice)) return double.NaN;
        order.ReturnedToLimit = true;
        return order.LimitPrice;
    }

    private static bool IsWithinLimit(bool buy, double price, double limit) =>
        buy ? PriceLevel.IsAtOrBelow(price, limit) : PriceLevel.IsAtOrAbove(price, limit);

    private static bool IsBeyondStop(bool buy, double price, double stop) =>
        buy ? PriceLevel.IsAtOrAbove(price, stop) : PriceLevel.IsAtOrBelow(price, stop);

    /// <summary>Whether a price depends on the quantity of its fill.</summary>
    public bool DependsOnSize => _slippage?.DependsOnSize == true || _stopSlippage?.DependsOnSize == true;

    /// <summary>The price of a quantity on some terms.</summary>
    /// <param name="side">The side of the order.</param>
    /// <param name="quantity">Quantity of this fill, base units.</param>
    public double Price(in FillTerms terms, Side side, double quantity)
    {
        if (terms.Slippage == FillSlippage.None) return terms.Reference;
        var price = Slipped(terms.Slippage == FillSlippage.Stop ? _stopSlippage : _slippage, side, terms.Reference, quantity, terms.Bar);
        return double.IsNaN(terms.Bound) ? price : side == Side.Buy ? Math.Min(price, terms.Bound) : Math.Max(price, terms.Bound);
    }

    /// <summary>The prices of the two market orders that move a position to the next contract.</summary>
    /// <param name="side">The side of the position.</param>
    /// <param name="bar">The new contract's.</param>
    public (double Old, double New) RollPrices(ListingChange roll, Side side, double quantity, in Bar bar)
    {
        var before = bar with { Open = roll.OldPrice, High = roll.OldHigh, Low = roll.OldLow, Close = roll.OldPrice };
        return (Price(new FillTerms(FillSlippage.Order, roll.OldPrice, double.NaN, before), (Side)(-(int)side), quantity),
            Price(new FillTerms(FillSlippage.Order, roll.NewPrice, double.NaN, bar), side, quantity));
    }

    /// <summary>The highest price that a part of a fill can have, whose whole quantity has a given price.</summary>
    public static double Highest(in FillTerms terms, double price) => Math.Max(price, terms.Reference);

    /// <summary>The terms on which an order fills, and whether it makes the price.</summary>
    /// <param name="reference">The reference price from <see cref="AtOpen"/> or <see cref="Within"/>.</param>
    public static FillTerms Terms(in Order order, double reference, in Bar bar, out bool isMaker)
    {
        // A stop that fills in parts is a market order once it is triggered.
        var isStop = order.Type.HasStop() || order.Reason is ExitReason.Stop or ExitReason.TrailingStop;
        var cost = isStop ? FillSlippage.Stop : FillSlippage.Order;
        isMaker = false;
        if (!order.Type.HasLimit()) return new FillTerms(cost, reference, double.NaN, bar);
        // At its own limit price an order that rested in the book makes the price; one that has just arrived takes it. At a better price
        // it takes liquidity with slippage, but never beyond its limit.
        if (!PriceLevel.AreEqual(reference, order.LimitPrice)) return new FillTerms(cost, reference, order.LimitPrice, bar);
        isMaker = order.Rests;
        return FillTerms.At(reference, bar);
    }

    /// <summary>The terms on which the stop of an open trade fills.</summary>
    /// <param name="side">The side of the trade.</param>
    /// <param name="from">Price before the bar's range is checked: its open, or the entry price on the bar of entry.</param>
    public static FillTerms StopTerms(Side side, double stop, double from, in Bar bar) =>
        new(FillSlippage.Stop, StopReference(side, stop, from, bar), double.NaN, bar);

    /// <summary>The price at which a stop becomes a market order: its level, or the market's price if that is beyond it.</summary>
    /// <param name="side">The side of the trade.</param>
    public static double StopReference(Side side, double stop, double from, in Bar bar) =>
        IsBeyondStop(side == Side.Sell, from, stop) ? from : PriceLevel.Met(stop, side == Side.Buy ? bar.Low : bar.High);

    /// <summary>
    /// Whether the market is beyond a trade's target, so the target fills at the market's price and pays the taker fee.
    /// </summary>
    public static bool IsBeyondTarget(Side side, double target, double from) => !IsWithinLimit(side == Side.Buy, from, target);

    /// <summary>The terms on which the target of an open trade fills: never worse than the target.</summary>
    /// <param name="side">The side of the trade.</param>
    public static FillTerms TargetTerms(Side side, double target, double from, in Bar bar, out bool isMaker)
    {
        isMaker = !IsBeyondTarget(side, target, from);
        return isMaker ? FillTerms.At(PriceLevel.Met(target, side == Side.Buy ? bar.High : bar.Low), bar)
            : new FillTerms(FillSlippage.Order, from, target, bar);
    }

    // Slippage is bounded by the bar's high and low.
    private double Slipped(SlippageModel? slippage, Side side, double price, double quantity, in Bar bar)
    {
        if (slippage is null) return price;
        var slipped = slippage.Slip(side, price, quantity, bar, _tick);
        return side == Side.Buy ? Math.Min(slipped, Math.Max(bar.High, price)) : Math.Max(slipped, Math.Min(bar.Low, price));
    }
}
