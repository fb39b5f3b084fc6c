namespace Granary.Engine.Trading;

/// <summary>A tier of a venue's fee schedule.</summary>
/// <param name="From">Notional traded over the schedule's days from which on the tier applies, quote currency.</param>
/// <param name="TakerPercent">Percent of the notional, for orders that take liquidity.</param>
/// <param name="MakerPercent">Percent of the notional, for limit orders that rested in the book; negative is a rebate.</param>
internal readonly record struct FeeTier(double From, double TakerPercent, double MakerPercent);

/// <summary>
/// A broker's fee schedule: amounts per order, per unit and per notional, separately for maker and taker and by recent notional. The
/// minimum applies per order, for any number of fills.
/// </summary>
internal sealed class FeeSchedule : FeeModel
{
    private readonly FeeTier[] _tiers;
    private readonly int _days;

    /// <param name="tiers">At least one; the first holds from zero.</param>
    /// <param name="tierDays">Days over which traded notional counts.</param>
    /// <exception cref="ArgumentException">No tier, the first does not start at zero, or their starts do not rise.</exception>
    public FeeSchedule(IReadOnlyList<FeeTier> tiers, int tierDays = 30)
    {
        if (tiers.Count == 0 || tiers[0].From != 0) throw new ArgumentException("the first tier holds from 0", nameof(tiers));
        for (var i = 1; i < tiers.Count; i++)
            if (!(tiers[i].From > tiers[i - 1].From))
                throw new ArgumentException("each tier starts above the one before it", nameof(tiers));
        _tiers = [.. tiers];
        _days = tierDays;
    }

    /// <summary>Quote currency, with an order's first fill.</summary>
    public double PerOrder { get; init; }

    /// <summary>Quote currency per base unit.</summary>
    public double PerUnit { get; init; }

    /// <summary>The least that an order pays, quote currency; 0 = none.</summary>
    public double Minimum { get; init; }

    public IReadOnlyList<FeeTier> Tiers => _tiers;

    public override bool IsProportional => PerOrder == 0 && Minimum == 0 && _tiers.Length == 1;

    public override int TierDays => _tiers.Length > 1 ? _days : 0;

    public override double Fee(double price, double quantity, double multiplier, bool maker)
    {
        var paid = default(OrderFees);
        return NextFee(price, quantity, multiplier, maker, 0, ref paid);
    }

    public override double NextFee(double price, double quantity, double multiplier, bool maker, double traded, ref OrderFees paid)
    {
        var at = _tiers.Length - 1;
        while (at > 0 && traded < _tiers[at].From) at--;
        var percent = maker ? _tiers[at].MakerPercent : _tiers[at].TakerPercent;
        var earned = paid.Earned + (paid.Fills == 0 ? PerOrder : 0) + PerUnit * quantity
            + Math.Abs(price) * quantity * multiplier * (percent / 100);
        var due = Minimum > 0 ? Math.Max(Minimum, earned) : earned;
        var fee = due - paid.Charged;
        paid = new OrderFees(earned, due, paid.Fills + 1);
        return fee;
    }

    public override FeeModel Times(double factor) => new FeeSchedule(
        [.. _tiers.Select(t => new FeeTier(t.From, Worse(t.TakerPercent, factor), Worse(t.MakerPercent, factor)))], _days)
    {
        PerOrder = Worse(PerOrder, factor),
        PerUnit = Worse(PerUnit, factor),
        Minimum = Worse(Minimum, factor),
    };
}
