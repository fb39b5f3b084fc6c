using Granary.Learning.Tracking;

namespace Granary.Learning.Tests.Tracking;

public class SparseSelectionTests
{
    private static double[] Stream(Random random, int n, double mean, double[]? like = null)
    {
        var own = Enumerable.Range(0, n)
            .Select(_ => 0.01 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return like is null ? [.. own.Select(r => mean + r)] : [.. own.Zip(like, (r, l) => 0.05 * r + l)];
    }

    [Fact]
    public void Good_strategies_that_differ_are_chosen_and_copies_and_losers_are_not()
    {
        var random = new Random(3);
        var a = Stream(random, 1500, 0.0015);
        var b = Stream(random, 1500, 0.0012);
        var panel = ReturnPanel.FromColumns(["loser", "a", "copy of a", "b", "flat"],
            [Stream(random, 1500, -0.002), a, Stream(random, 1500, 0, like: a), b, new double[1500]]);
        var choice = SparseSelection.Choose(panel, 5);
        choice.Chosen.Count.ShouldBe(2);
        choice.Chosen.ShouldContain("b");
        choice.Weights.Sum().ShouldBe(1, 1e-12);
        choice.Weights.ShouldAllBe(w => w > 0);
        choice.Sharpe.ShouldBeGreaterThan(0.15);
    }

    [Fact]
    public void The_weights_are_those_of_the_portfolio_with_the_highest_sharpe_ratio()
    {
        var random = new Random(4);
        var panel = ReturnPanel.FromColumns(["a", "b"], [Stream(random, 2000, 0.001), Stream(random, 2000, 0.0005)]);
        var choice = SparseSelection.Choose(panel, 2);
        double Sharpe(double share)
        {
            var m = Granary.Engine.Analysis.Moments.Of(panel.Combine([0, 1], [share, 1 - share]));
            return m.Mean / m.SampleDeviation;
        }
        var own = choice.Chosen[0] == "a" ? choice.Weights[0] : choice.Weights[1];
        Sharpe(own).ShouldBeGreaterThanOrEqualTo(Enumerable.Range(0, 101).Max(i => Sharpe(i / 100.0)) - 1e-9);
    }

    [Fact]
    public void A_largest_weight_is_kept_and_the_rest_shared()
    {
        var random = new Random(5);
        var panel = ReturnPanel.FromColumns(["a", "b", "c"],
            [Stream(random, 1000, 0.003), Stream(random, 1000, 0.001), Stream(random, 1000, 0.001)]);
        var choice = SparseSelection.Choose(panel, 3, maxWeight: 0.4);
        choice.Weights.ShouldAllBe(w => w <= 0.4 + 1e-12);
        choice.Weights.Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Where_all_lose_nothing_is_chosen() =>
        SparseSelection.Choose(ReturnPanel.FromColumns(["a", "b"], [[-0.1, -0.2, -0.1], [-0.3, -0.1, -0.1]]), 2).Chosen.ShouldBeEmpty();
}
