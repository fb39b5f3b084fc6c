using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Learning.Watching;

namespace Granary.Learning.Tests.Watching;

public sealed class PredictionWatchTests
{
    [Fact]
    public void An_alert_cuts_the_weight_until_a_review_is_as_good_as_before()
    {
        var (random, watch, steps) = (new PortableRandom(8), new PredictionWatch(new WatchRule(Weight: 0.3, Review: 50)),
            new List<WatchStep>());
        for (var i = 0; i < 2000; i++)
        {
            var cut = watch.IsCut;
            watch.Weight.ShouldBe(cut ? 0.3 : 1);
            if (watch.Add(random.NextDouble() < (i is < 600 or >= 1200 ? 0.3 : 0.7)) is not { } step) continue;
            steps.Add(step);
            watch.IsCut.ShouldBe(step.Change == WatchChange.Alert);
        }
        steps.Select(s => s.Change).ShouldBe([WatchChange.Alert, WatchChange.Restored]);
        steps[0].Before.ShouldBe(0.3, 0.05);
        steps[0].After.ShouldBeGreaterThan(0.45);
        steps[1].Trades.ShouldBe(50);
        steps[1].After.ShouldBeLessThanOrEqualTo(steps[0].Middle);
        watch.Count.ShouldBe(2000);
    }

    [Fact]
    public void Fewer_errors_are_no_alert()
    {
        var (random, watch) = (new PortableRandom(9), new PredictionWatch(new WatchRule()));
        for (var i = 0; i < 2000; i++) watch.Add(random.NextDouble() < (i < 1000 ? 0.7 : 0.3)).ShouldBeNull();
    }

    // Errors of 45 % that never change. ADWIN gives no false alarm in as many trades (docs/learning.md).
    [Fact]
    public void A_strategy_without_an_edge_is_not_cut()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var (random, watch) = (new PortableRandom(seed), new PredictionWatch(new WatchRule()));
            for (var i = 0; i < 1000; i++) watch.Add(random.NextDouble() < 0.45);
            watch.IsCut.ShouldBeFalse($"seed {seed}");
        }
    }

    [Theory]
    [InlineData(0.7, Side.Buy, PredictionMeaning.ProbabilityOfRise, true, false)]
    [InlineData(0.7, Side.Sell, PredictionMeaning.ProbabilityOfRise, true, true)]
    [InlineData(0.3, Side.Sell, PredictionMeaning.ProbabilityOfRise, true, false)]
    [InlineData(0.3, Side.Sell, PredictionMeaning.ProbabilityOfGain, true, true)]
    [InlineData(0.3, Side.Sell, PredictionMeaning.ProbabilityOfGain, false, false)]
    [InlineData(-0.01, Side.Sell, PredictionMeaning.ExpectedReturn, true, false)]
    [InlineData(-0.01, Side.Buy, PredictionMeaning.ExpectedReturn, true, true)]
    internal void A_prediction_is_wrong_where_what_came_had_less_than_even_chances(double prediction, Side side, PredictionMeaning meaning,
        bool gained, bool wrong) => TradeOutcome.IsWrong(prediction, side, meaning, gained).ShouldBe(wrong);

    [Fact]
    public void An_unknown_detector_is_named() =>
        Should.Throw<InputException>(() => new PredictionWatch(new WatchRule("adwim"))).Message.ShouldContain("adwin");
}
