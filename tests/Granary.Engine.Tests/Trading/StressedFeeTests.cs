using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>What the stress makes of fees: each amount is worse for the trader, whatever its sign.</summary>
public sealed class StressedFeeTests
{
    public static TheoryData<string, FeeModel, double, double> Fees => new()
    {
        // Name, model; the fees of 10 at 100 as a taker and as a maker, with twice the costs.
        { "a percentage", new PercentFee(0.1), 2, 2 },
        { "a percentage that pays the trader", new PercentFee(-0.1), 0, 0 },
        { "an amount per unit", new PerUnitFee(0.05), 1, 1 },
        { "an amount per unit that pays the trader", new PerUnitFee(-0.05), 0, 0 },
        { "a rebate of makers", new FeeSchedule([new FeeTier(0, 0.1, -0.02)]), 2, 0 },
        // 3 for the order; without a rebate 6 remain, whatever the rebate was.
        { "a rebate below the fee of the order", new FeeSchedule([new FeeTier(0, 0.1, -0.02)]) { PerOrder = 3 }, 8, 6 },
        { "a minimum", new FeeSchedule([new FeeTier(0, 0.01, -0.02)]) { Minimum = 1 }, 2, 2 },
    };

    [Theory, MemberData(nameof(Fees))]
    public void Twice_the_costs_double_each_charge_and_drop_each_rebate(string name, FeeModel fee, double taker, double maker)
    {
        var stressed = fee.Times(2);
        stressed.Fee(100, 10, 1, maker: false).ShouldBe(taker, 1e-12, name);
        stressed.Fee(100, 10, 1, maker: true).ShouldBe(maker, 1e-12, name);
    }

    [Theory]
    [InlineData(1.5, 0.01, 0.03)]
    [InlineData(4, 0, 0.08)]
    public void A_rebate_never_grows_and_never_becomes_a_charge(double factor, double rebate, double charge)
    {
        FeeModel.Worse(-0.02, factor).ShouldBe(-rebate, 1e-12);
        FeeModel.Worse(0.02, factor).ShouldBe(charge, 1e-12);
    }

    [Fact]
    public void Costs_of_a_symbol_that_are_zero_leave_trading_free()
    {
        ExecutionSettings With(FeeModel fee, SlippageModel? slippage) => new()
        {
            BySymbol = new Dictionary<string, SymbolCosts> { ["DEAR"] = new(fee, slippage, 0.1) },
        };
        With(new PercentFee(0), null).IsFree.ShouldBeTrue();
        With(new FeeSchedule([new FeeTier(0, 0, -0.01)]), null).IsFree.ShouldBeTrue();
        With(new PercentFee(0.01), null).IsFree.ShouldBeFalse();
        With(new PercentFee(0), new TickSlippage(1)).IsFree.ShouldBeFalse();
    }
}
