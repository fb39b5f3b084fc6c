using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Tests.Screening;

public sealed class RankCorrelationTests
{
    [Fact]
    public void Ties_share_their_mean_rank() => RankCorrelation.Ranks([3, 1, 3, 2]).ShouldBe([3.5, 1, 3.5, 2]);

    // An undefined value stands below all others, as it is sorted.
    [Fact]
    public void Undefined_values_have_ranks_of_their_own() => RankCorrelation.Ranks([3, double.NaN, 3, 2]).ShouldBe([3.5, 1, 3.5, 2]);

    [Fact]
    public void The_correlation_is_that_of_a_hand_calculation()
    {
        // Differences of ranks 1, 1, 1, 1, 0: 1 − 6 · 4 / (5 · 24).
        RankCorrelation.OfRanks([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]).ShouldBe(0.8, 1e-15);
        RankCorrelation.OfRanks([1, 2, 3], [2, 2, 2]).ShouldBe(0);
    }

    [Fact]
    public void Of_two_classes_the_p_value_is_that_of_Mann_and_Whitney()
    {
        var random = new PortableRandom(3);
        var values = new double[60];
        for (var i = 0; i < values.Length; i++) values[i] = Math.Round(random.NextGaussian(), 1);
        double[] classes = [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? 1.0 : 0)];
        var ranks = RankCorrelation.Ranks(values);
        // U of the ones, with the variance for ties.
        var (n1, n0) = (20.0, 40.0);
        var u = ranks.Where((_, i) => classes[i] == 1).Sum() - n1 * (n1 + 1) / 2;
        var ties = values.GroupBy(v => v).Sum(g => (double)g.Count() * g.Count() * g.Count() - g.Count());
        var variance = n1 * n0 / 12 * (61 - ties / (60 * 59.0));
        var expected = Math.Abs(u - n1 * n0 / 2) / Math.Sqrt(variance);
        var correlation = RankCorrelation.OfRanks(ranks, RankCorrelation.Ranks(classes));
        (Math.Abs(correlation) * Math.Sqrt(59)).ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Series_that_last_and_have_no_relation_are_seldom_found()
    {
        var random = new PortableRandom(21);
        var (naive, allowed, draws) = (0, 0, 1_000);
        for (var d = 0; d < draws; d++)
        {
            var (a, b) = (RankCorrelation.Ranks(Lasting(ref random)), RankCorrelation.Ranks(Lasting(ref random)));
            var r = RankCorrelation.OfRanks(a, b);
            if (RankCorrelation.PValue(r, a.Length) < 0.05) naive++;
            if (RankCorrelation.PValue(r, RankCorrelation.IndependentPairs(a, b)) < 0.05) allowed++;
        }
        // Without the correction a third of them would be found.
        (naive / (double)draws).ShouldBeGreaterThan(0.2);
        (allowed / (double)draws).ShouldBeLessThan(0.09);
    }

    private static double[] Lasting(ref PortableRandom random)
    {
        var series = new double[300];
        for (var i = 1; i < series.Length; i++) series[i] = 0.8 * series[i - 1] + random.NextGaussian();
        return series;
    }
}
