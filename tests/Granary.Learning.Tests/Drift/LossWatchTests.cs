using Granary.Engine.Numerics;
using Granary.Learning.Drift;

namespace Granary.Learning.Tests.Drift;

public sealed class LossWatchTests
{
    [Fact]
    public void Predictions_whose_labels_overlap_count_once()
    {
        var watch = new LossWatch();
        for (var i = 0; i < 100; i++) watch.Add(i, i + 5, 0.5, i % 2);
        watch.Count.ShouldBe(20);
        watch.Add(100, 105, double.NaN, 1);
        watch.Count.ShouldBe(20);
    }

    [Fact]
    public void A_model_whose_rule_flips_is_noticed_with_its_error_before_and_after()
    {
        var (random, watch, changes) = (new PortableRandom(3), new LossWatch(), new List<LossChange>());
        for (var i = 0; i < 1200; i++)
        {
            var isRight = random.NextDouble() < (i < 600 ? 0.7 : 0.3);
            if (watch.Add(i, i + 1, 0.8, isRight ? 1 : 0) is { } change) changes.Add(change);
        }
        // 0.04 where the prediction of 0.8 is right, 0.64 where it is wrong.
        var found = changes.ShouldHaveSingleItem();
        // The window is cut at the end of a bucket.
        found.Since.ShouldBeInRange(450, 660);
        found.Noticed.ShouldBeInRange(600, 800);
        found.Before.ShouldBe(0.7 * 0.04 + 0.3 * 0.64, 0.03);
        found.After.ShouldBeGreaterThan(found.Before + 0.05);
    }
}
