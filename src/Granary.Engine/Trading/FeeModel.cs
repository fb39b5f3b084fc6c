namespace Granary.Engine.Trading;

/// <summary>What a venue takes for a fill.</summary>
public abstract class FeeModel
{
    /// <param name="price">Fill price.</param>
    /// <param name="quantity">Base units, positive.</param>
    /// <param name="multiplier">The instrument's.</param>
    /// <param name="maker">Whether the order rested in the book (a limit order).</param>
    /// <returns>Quote currency; negative is a rebate.</returns>
    public abstract double Fee(double price, double quantity, double multiplier, bool maker);
}

/// <summary>A percentage of the notional, on each side.</summary>
public sealed class PercentFee(double percent) : FeeModel
{
    private readonly double _rate = percent / 100;

    public override double Fee(double price, double quantity, double multiplier, bool maker) => price * quantity * multiplier * _rate;
}

/// <summary>A fixed amount per unit (share, contract), on each side.</summary>
public sealed class PerUnitFee(double amount) : FeeModel
{
    public override double Fee(double price, double quantity, double multiplier, bool maker) => amount * quantity;
}
