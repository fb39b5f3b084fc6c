namespace Granary.Engine.Trading;

/// <summary>Fee that a venue charges for a fill.</summary>
public abstract class FeeModel
{
    /// <summary>The fee of an order that fills at once and completely, for an account without earlier trades.</summary>
    /// <param name="price">Fill price.</param>
    /// <param name="quantity">Base units, positive.</param>
    /// <param name="multiplier">The instrument's multiplier.</param>
    /// <param name="maker">Whether the order rested in the book (a limit order).</param>
    /// <returns>Quote currency; negative is a rebate.</returns>
    public abstract double Fee(double price, double quantity, double multiplier, bool maker);

    /// <summary>
    /// Whether fees are proportional to size, so they do not depend on how an order is split into fills. If not, a fill's fee depends
    /// on earlier fees of its order and account; <see cref="NextFee"/> computes it.
    /// </summary>
    public virtual bool IsProportional => true;

    /// <summary>The number of days of traded notional that determine a fee tier; 0 without tiers.</summary>
    public virtual int TierDays => 0;

    /// <summary>Computes the fee of an order's next fill.</summary>
    /// <param name="traded">Notional that the account has traded over the last <see cref="TierDays"/> days, quote currency.</param>
    /// <param name="paid">Fees of the order so far; updated by the call.</param>
    public virtual double NextFee(double price, double quantity, double multiplier, bool maker, double traded, ref OrderFees paid) =>
        Fee(price, quantity, multiplier, maker);

    /// <summary>The same model for a stress test: each of its amounts is worse for the trader, by <see cref="Worse"/>.</summary>
    public abstract FeeModel Times(double factor);

    /// <summary>
    /// An amount that is worse for the trader, whatever its sign: a charge is multiplied, and a rebate shrinks by as much. Twice the costs
    /// are twice the charge, and no rebate.
    /// </summary>
    /// <param name="amount">Negative for a rebate.</param>
    public static double Worse(double amount, double factor) =>
        amount > 0 ? amount * factor : amount * Math.Max(0, 2 - factor);
}

/// <summary>Fees of an order over its fills so far, quote currency.</summary>
/// <param name="Earned">Sum of the fills' fees without a minimum.</param>
/// <param name="Charged">Fees that were charged.</param>
/// <param name="Fills">How many there were.</param>
public readonly record struct OrderFees(double Earned, double Charged, int Fills);

/// <summary>A percentage of the notional, on each side.</summary>
public sealed class PercentFee(double percent) : FeeModel
{
    private readonly double _rate = percent / 100;

    public override double Fee(double price, double quantity, double multiplier, bool maker) =>
        Math.Abs(price) * quantity * multiplier * _rate;

    public override FeeModel Times(double factor) => new PercentFee(Worse(percent, factor));
}

/// <summary>A fixed amount per unit (share, contract), on each side.</summary>
internal sealed class PerUnitFee(double amount) : FeeModel
{
    public override double Fee(double price, double quantity, double multiplier, bool maker) => amount * quantity;

    public override FeeModel Times(double factor) => new PerUnitFee(Worse(amount, factor));
}
