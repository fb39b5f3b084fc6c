using Granary.Engine.Trading;
using Granary.Learning.Gating;

namespace Granary.Learning.Tests.Gating;

public class EntryRuleTests
{
    private const PredictionMeaning Rise = PredictionMeaning.ProbabilityOfRise, Gain = PredictionMeaning.ProbabilityOfGain;

    [Theory]
    [InlineData(0.61, 1, true)]
    [InlineData(0.60, 1, false)]
    [InlineData(0.39, -1, true)]
    [InlineData(0.41, -1, false)]
    [InlineData(0.39, 1, false)]
    public void A_gate_buys_above_six_tenths_and_sells_below_four(double probability, int side, bool passes) =>
        (new GateRule().Advise(probability, (Side)side, Rise).SizeFactor > 0).ShouldBe(passes);

    [Fact]
    public void A_probability_of_gain_counts_for_either_side()
    {
        new GateRule().Advise(0.7, Side.Sell, Gain).SizeFactor.ShouldBe(1);
        new GateRule().Advise(0.3, Side.Sell, Gain).SizeFactor.ShouldBe(0);
    }

    [Fact]
    public void A_veto_speaks_only_where_it_is_sure()
    {
        new VetoRule().Advise(0.45, Side.Buy, Rise).SizeFactor.ShouldBe(1);
        new VetoRule().Advise(0.35, Side.Buy, Rise).SizeFactor.ShouldBe(0);
        new VetoRule().Advise(0.35, Side.Sell, Rise).SizeFactor.ShouldBe(1);
        new VetoRule().Advise(0.65, Side.Sell, Rise).SizeFactor.ShouldBe(0);
    }

    [Fact]
    public void Size_grows_with_the_probability()
    {
        var rule = new SizeRuleByProbability();
        rule.Advise(0.5, Side.Buy, Rise).SizeFactor.ShouldBe(0);
        rule.Advise(0.6, Side.Buy, Rise).SizeFactor.ShouldBe(0.5, 1e-12);
        rule.Advise(0.9, Side.Buy, Rise).SizeFactor.ShouldBe(1);
        rule.Advise(0.4, Side.Sell, Rise).SizeFactor.ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void A_stop_is_so_many_predicted_deviations_of_the_holding_time_away()
    {
        // 2 · 1 % · √4 = 4 %.
        new StopByVolatilityRule(2, 4).Advise(0.01, Side.Buy,
            PredictionMeaning.ExpectedVolatility).ShouldBe(new EntryAdvice(1, 0.01, 0.04));
        new StopByVolatilityRule(2, 4).Advise(-0.01, Side.Buy, PredictionMeaning.ExpectedVolatility).StopFraction.ShouldBe(0.0001);
    }

    [Theory]
    [InlineData(0.004, 1, true)]
    [InlineData(0.002, 1, false)]
    [InlineData(-0.004, -1, true)]
    [InlineData(0.004, -1, false)]
    public void A_predicted_return_must_pay_its_costs(double expected, int side, bool passes) =>
        (new MinimumReturnRule(CostPercent: 0.2, MinimumPercent: 0.1).Advise(expected, (Side)side,
            PredictionMeaning.ExpectedReturn).SizeFactor > 0).ShouldBe(passes);

    [Fact]
    public void No_opinion_lets_an_entry_pass_as_it_is()
    {
        foreach (var rule in new EntryRule[] { new GateRule(), new VetoRule(), new SizeRuleByProbability(), new StopByVolatilityRule(),
            new MinimumReturnRule(0.2) })
        {
            var advice = rule.Advise(double.NaN, Side.Buy, Rise);
            (advice.SizeFactor, advice.StopFraction).ShouldBe((1, 0));
        }
    }
}
