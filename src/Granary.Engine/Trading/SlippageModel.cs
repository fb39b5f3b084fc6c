namespace Granary.Engine.Trading;

/// <summary>How much worse than its reference price a market or stop order fills.</summary>
public abstract class SlippageModel
{
    /// <param name="side">Of the order.</param>
    /// <param name="volume">The bar's, base units.</param>
    /// <returns>The price before it is held within the bar's high and low.</returns>
    public abstract double Slip(Side side, double price, double quantity, double volume);
}

/// <summary>A percentage of the price.</summary>
public sealed class PercentSlippage(double percent) : SlippageModel
{
    private readonly double _rate = percent / 100;

    public override double Slip(Side side, double price, double quantity, double volume) => price * (1 + (int)side * _rate);
}
