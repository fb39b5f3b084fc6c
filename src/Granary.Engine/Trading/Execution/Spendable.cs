namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The amount that new entries of an account may cost, account currency: the cash that neither collateral of shorts nor a margin ties up,
/// or with leverage the permitted multiple of the equity less the positions. Each instrument is settled before any is tied up.
/// </summary>
/// <param name="cash">The balance in which every fill's notional is booked in full.</param>
/// <param name="equity">The equity at the prices of the instruments.</param>
internal struct Spendable(ExecutionSettings execution, double cash, double equity)
{
    // With isolated margin open profits and losses do not count.
    private readonly bool _hasLeverage = execution.Margin == MarginMode.Isolated || execution.EffectiveLeverage > 0;

    public double Amount { get; private set; } = execution.Margin == MarginMode.Isolated ? execution.EffectiveLeverage * cash
        : execution.EffectiveLeverage > 0 ? execution.EffectiveLeverage * equity : cash;

    /// <summary>Counts gains and losses that are settled in cash: those of contracts with a margin per unit.</summary>
    /// <param name="rate">Account currency per unit of the currency of the prices.</param>
    public void Settle(in BuyingPower power, in PositionSums sums, double price, double rate)
    {
        if (!_hasLeverage && power.IsMargined) Amount += sums.Net * price * rate;
    }

    /// <summary>Counts what open positions tie up.</summary>
    public void TieUp(in BuyingPower power, in PositionSums sums, double price, double rate) => Amount -= power.Tied(sums, price) * rate;
}
