using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>At which price of a bar an order fills, if at all. The book decides what to ask and what a fill means.</summary>
public abstract class FillModel
{
    /// <summary>The reference price at which an order trades at the bar's open; NaN where it does not.</summary>
    public abstract double AtOpen(ref Order order, in Bar bar);

    /// <summary>The reference price at which it trades after the open; NaN where it does not.</summary>
    public abstract double Within(ref Order order, in Bar bar);
}

/// <summary>
/// A limit fills at its price, or at the open where the bar opens beyond it; a stop likewise, to the trader's disadvantage.
/// A stop-limit whose limit lies behind its stop fills in the bar that triggers it only if the bar closes beyond the limit.
/// </summary>
public sealed class BarFillModel : FillModel
{
    public override double AtOpen(ref Order order, in Bar bar)
    {
        var buy = order.Side == Side.Buy;
        switch (order.Type)
        {
            case OrderType.Market:
                return bar.Open;
            case OrderType.Limit:
                return (buy ? bar.Open <= order.LimitPrice : bar.Open >= order.LimitPrice) ? bar.Open : double.NaN;
            case OrderType.Stop:
                return (buy ? bar.Open >= order.StopPrice : bar.Open <= order.StopPrice) ? bar.Open : double.NaN;
            case OrderType.StopLimit:
                if (!order.Triggered && (buy ? bar.Open >= order.StopPrice : bar.Open <= order.StopPrice)) order.Triggered = true;
                return order.Triggered && (buy ? bar.Open <= order.LimitPrice : bar.Open >= order.LimitPrice) ? bar.Open : double.NaN;
            default:
                return double.NaN;
        }
    }

    public override double Within(ref Order order, in Bar bar)
    {
        var buy = order.Side == Side.Buy;
        switch (order.Type)
        {
            case OrderType.Limit:
                return (buy ? bar.Low <= order.LimitPrice : bar.High >= order.LimitPrice) ? order.LimitPrice : double.NaN;
            case OrderType.Stop:
                return (buy ? bar.High >= order.StopPrice : bar.Low <= order.StopPrice) ? order.StopPrice : double.NaN;
            case OrderType.StopLimit:
                if (order.Triggered)
                    return (buy ? bar.Low <= order.LimitPrice : bar.High >= order.LimitPrice) ? order.LimitPrice : double.NaN;
                if (buy ? bar.High < order.StopPrice : bar.Low > order.StopPrice) return double.NaN;
                order.Triggered = true;
                if (buy ? order.LimitPrice >= order.StopPrice : order.LimitPrice <= order.StopPrice) return order.StopPrice;
                return (buy ? bar.Close <= order.LimitPrice : bar.Close >= order.LimitPrice) ? order.LimitPrice : double.NaN;
            case OrderType.MarketOnClose:
                return bar.Close;
            default:
                return double.NaN;
        }
    }
}
