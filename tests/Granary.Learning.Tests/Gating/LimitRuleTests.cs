using Granary.Engine.Portfolio.Rules;
using Granary.Learning.Gating;

namespace Granary.Learning.Tests.Gating;

public class LimitRuleTests
{
    [Theory]
    [InlineData(2, null, 0.04, 0.5)] // a worst loss of 4 % on half of the equity costs 2 % of it
    [InlineData(2, null, 0.01, 2.0)]
    [InlineData(2, 100.0, 0.01, 1.0)]
    [InlineData(2, 100.0, 0.04, 0.5)]
    [InlineData(2, null, 0.0, double.PositiveInfinity)]
    [InlineData(2, null, -0.01, double.PositiveInfinity)]
    [InlineData(2, 80.0, -0.01, 0.8)]
    [InlineData(2, 80.0, double.NaN, double.PositiveInfinity)]
    public void The_cap_is_the_exposure_whose_predicted_loss_is_allowed(double loss, double? most, double prediction, double cap) =>
        new LimitRule(loss, most).CapOf(prediction).Fraction.ShouldBe(cap);

    [Fact]
    public void It_takes_drawdowns_alone_and_leaves_the_entry()
    {
        var rule = new LimitRule(OfSymbol: true);
        Enum.GetValues<PredictionMeaning>().Where(rule.Takes).ShouldBe([PredictionMeaning.ExpectedDrawdown]);
        rule.CapOf(0.02).ShouldBe(new ExposureCap(1, OfSymbol: true));
        rule.Advise(0.5, Engine.Trading.Side.Buy, PredictionMeaning.ExpectedDrawdown).SizeFactor.ShouldBe(1);
        System.Text.Json.JsonSerializer.Deserialize<EntryRule>(System.Text.Json.JsonSerializer.Serialize<EntryRule>(rule)).ShouldBe(rule);
    }
}
