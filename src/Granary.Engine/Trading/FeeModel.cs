namespace Granary.Engine.Trading;

/// <summary>What a venue takes for a fill.</summary>
public abstract class FeeModel
{
    /// <summary>The fee of an order that is filled at once and whole, by somebody who has traded nothing before.</summary>
    /// <param name="price">Fill price.</param>
    /// <param name="quantity">Base units, positive.</param>
    /// <param name="multiplier">The instrument's.</param>
    /// <param name="maker">Whether the order rested in the book (a limit order).</param>
    /// <returns>Quote currency; negative is a rebate.</returns>
    public abstract double Fee(double price, double quantity, double multiplier, bool maker);

    /// <summary>
    /// Whether the fees of fills add up to that of the whole however an order is cut, and a larger order pays in proportion; if not, a
    /// fill's fee depends on what its order and its account have paid before, and <see cref="NextFee"/> tells it.
    /// </summary>
    public virtual bool IsProportional => true;

    /// <summary>Days over which traded notional counts for a tier; 0 where there are none.</summary>
    public virtual int TierDays => 0;

    /// <summary>The fee of an order's next fill.</summary>
    /// <param name="traded">Notional that the account has traded over the last <see cref="TierDays"/> days, quote currency.</param>
    /// <param name="paid">What the order has paid so far; is brought up to date.</param>
    public virtual double NextFee(double price, double quantity, double multiplier, bool maker, double traded, ref OrderFees paid) =>
        Fee(price, quantity, multiplier, maker);

    /// <summary>The same model with all that it takes multiplied; rebates are left as they are.</summary>
    public virtual FeeModel Times(double factor) => new ScaledFee(this, factor);
}

/// <summary>What an order has paid over its fills, quote currency.</summary>
/// <param name="Earned">What its fills come to without a minimum.</param>
/// <param name="Charged">What was charged.</param>
/// <param name="Fills">How many there were.</param>
public readonly record struct OrderFees(double Earned, double Charged, int Fills);

/// <summary>A percentage of the notional, on each side.</summary>
public sealed class PercentFee(double percent) : FeeModel
{
    private readonly double _rate = percent / 100;

    public override double Fee(double price, double quantity, double multiplier, bool maker) => price * quantity * multiplier * _rate;

    public override FeeModel Times(double factor) => percent < 0 ? this : new PercentFee(percent * factor);
}

/// <summary>A fixed amount per unit (share, contract), on each side.</summary>
public sealed class PerUnitFee(double amount) : FeeModel
{
    public override double Fee(double price, double quantity, double multiplier, bool maker) => amount * quantity;

    public override FeeModel Times(double factor) => new PerUnitFee(amount * factor);
}

/// <summary>A model whose charges are multiplied and whose rebates are not.</summary>
internal sealed class ScaledFee(FeeModel inner, double factor) : FeeModel
{
    public override bool IsProportional => inner.IsProportional;

    public override int TierDays => inner.TierDays;

    public override double Fee(double price, double quantity, double multiplier, bool maker) =>
        Scaled(inner.Fee(price, quantity, multiplier, maker));

    public override double NextFee(double price, double quantity, double multiplier, bool maker, double traded, ref OrderFees paid) =>
        Scaled(inner.NextFee(price, quantity, multiplier, maker, traded, ref paid));

    private double Scaled(double fee) => fee > 0 ? fee * factor : fee;
}
