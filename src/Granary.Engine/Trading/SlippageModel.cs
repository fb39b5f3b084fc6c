using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>How much worse than its reference price a market or stop order fills.</summary>
public abstract class SlippageModel
{
    /// <param name="side">The side of the order.</param>
    /// <param name="quantity">The quantity of this fill, base units.</param>
    /// <param name="bar">The bar in which it fills.</param>
    /// <param name="tickSize">The instrument's.</param>
    /// <returns>The price before it is held within the bar's high and low.</returns>
    public abstract double Slip(Side side, double price, double quantity, in Bar bar, double tickSize);

    /// <summary>Whether it needs to know the instrument's tick.</summary>
    public virtual bool NeedsTick => false;

    /// <summary>Whether the price depends on the quantity of the fill.</summary>
    public virtual bool DependsOnSize => false;

    /// <summary>The same model with the way from the reference price multiplied.</summary>
    public virtual SlippageModel Times(double factor) => new ScaledSlippage(this, factor);

    /// <summary>The same model for the orders of an instrument.</summary>
    public virtual SlippageModel For(Instrument instrument) => this;

    /// <summary>The model of stop orders: a separate one if their fills were measured, else this one.</summary>
    public virtual SlippageModel OfStops => this;

    /// <summary>The same model at the upper end of what was measured; itself if nothing was.</summary>
    public virtual SlippageModel AtUpper() => this;

    /// <summary>
    /// The share of a bar's volume that a fill takes. A fill of more than the volume, or in a bar without any, counts as all of it.
    /// </summary>
    protected static double ShareOf(double quantity, in Bar bar) => bar.Volume > quantity ? quantity / bar.Volume : 1;

    /// <summary>The sign of a fraction of a price that makes it worse: a price below 0 falls where its size grows.</summary>
    protected static int Away(Side side, double price) => price < 0 ? -(int)side : (int)side;

    private sealed class ScaledSlippage(SlippageModel inner, double factor) : SlippageModel
    {
        public override bool NeedsTick => inner.NeedsTick;

        public override bool DependsOnSize => inner.DependsOnSize;

        public override double Slip(Side side, double price, double quantity, in Bar bar, double tickSize) =>
            price + (inner.Slip(side, price, quantity, bar, tickSize) - price) * factor;

        public override SlippageModel For(Instrument instrument) => new ScaledSlippage(inner.For(instrument), factor);

        public override SlippageModel OfStops => inner.OfStops == inner ? this : new ScaledSlippage(inner.OfStops, factor);

        public override SlippageModel AtUpper() => new ScaledSlippage(inner.AtUpper(), factor);
    }
}

/// <summary>A percentage of the price.</summary>
internal sealed class PercentSlippage(double percent) : SlippageModel
{
    private readonly double _rate = percent / 100;

    public override double Slip(Side side, double price, double quantity, in Bar bar, double tickSize) =>
        price * (1 + Away(side, price) * _rate);

    public override SlippageModel Times(double factor) => new PercentSlippage(percent * factor);
}

/// <summary>A number of the instrument's ticks.</summary>
internal sealed class TickSlippage(double ticks) : SlippageModel
{
    public override bool NeedsTick => true;

    public override double Slip(Side side, double price, double quantity, in Bar bar, double tickSize) =>
        price + (int)side * ticks * tickSize;

    public override SlippageModel Times(double factor) => new TickSlippage(ticks * factor);
}

/// <summary>
/// The square of the share that a fill takes of its bar's volume, times what the whole volume would move the price by (zipline's and LEAN's
/// volume-share model). A fill of more than the volume, or in a bar without any, counts as all of it.
/// </summary>
/// <param name="impact">Fraction of the price; 0.1 in zipline and LEAN.</param>
internal sealed class VolumeShareSlippage(double impact) : SlippageModel
{
    public override bool DependsOnSize => true;

    public override double Slip(Side side, double price, double quantity, in Bar bar, double tickSize)
    {
        var share = ShareOf(quantity, bar);
        return price * (1 + Away(side, price) * impact * share * share);
    }

    public override SlippageModel Times(double factor) => new VolumeShareSlippage(impact * factor);
}

/// <summary>Several, each from the reference price, added up.</summary>
internal sealed class CombinedSlippage(params IReadOnlyList<SlippageModel> parts) : SlippageModel
{
    private readonly SlippageModel[] _parts = [.. parts];

    public override bool NeedsTick => _parts.Any(p => p.NeedsTick);

    public override bool DependsOnSize => _parts.Any(p => p.DependsOnSize);

    public override double Slip(Side side, double price, double quantity, in Bar bar, double tickSize)
    {
        var slipped = price;
        foreach (var part in _parts) slipped += part.Slip(side, price, quantity, bar, tickSize) - price;
        return slipped;
    }

    public override SlippageModel Times(double factor) => new CombinedSlippage([.. _parts.Select(p => p.Times(factor))]);
}
