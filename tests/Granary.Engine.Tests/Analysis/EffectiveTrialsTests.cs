using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class EffectiveTrialsTests
{
    // Groups of series that share most of their moves within the group and nothing beyond it.
    private static double[][] Groups(int seed, int groups, int members, int periods, double correlation)
    {
        var normals = new SeededNormals(seed);
        var returns = new List<double[]>();
        for (var g = 0; g < groups; g++)
        {
            var common = normals.Returns(periods, 0, 1);
            for (var m = 0; m < members; m++)
            {
                var own = normals.Returns(periods, 0, 1);
                returns.Add([.. own.Select((x, t) => Math.Sqrt(correlation) * common[t] + Math.Sqrt(1 - correlation) * x)]);
            }
        }
        return [.. returns];
    }

    [Fact]
    public void Groups_of_near_twins_are_found_and_count_little_more_than_one_each()
    {
        var effective = EffectiveTrials.Of(Groups(61, 6, 20, 300, 0.98));
        effective.Trials.ShouldBe(120);
        effective.Clusters.ShouldBe(6);
        effective.Number.ShouldBeInRange(6, 12);
    }

    [Fact]
    public void Unrelated_trials_count_nearly_in_full() =>
        EffectiveTrials.Of(new SeededNormals(62).Strategies(80, 500)).Number.ShouldBeInRange(65, 80);

    [Fact]
    public void Identical_trials_count_as_one()
    {
        var one = new SeededNormals(63).Returns(100, 0, 0.01);
        EffectiveTrials.Of([one, one, one, one]).Number.ShouldBe(1, 1e-9);
        EffectiveTrials.Of([one]).ShouldBe(new EffectiveTrials(1, 1, 1));
        EffectiveTrials.Of([new double[50], new double[50]]).ShouldBe(new EffectiveTrials(0, 0, 0));
    }

    [Fact]
    public void A_sample_of_many_trials_gives_about_what_all_of_them_give()
    {
        var all = Groups(64, 10, 24, 200, 0.8);
        var whole = EffectiveTrials.Of(all);
        var sample = EffectiveTrials.Of([.. all.Where((_, i) => i % 3 == 0)], all.Length);
        whole.Clusters.ShouldBe(10);
        sample.Clusters.ShouldBe(10);
        sample.Number.ShouldBe(whole.Number, 0.25 * whole.Number);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void Equally_correlated_trials_count_as_so_many_independent_ones_as_have_the_same_expected_best(double correlation)
    {
        var equivalent = EffectiveTrials.Equivalent(50, correlation);
        var normals = new SeededNormals(65);
        double best = 0;
        const int draws = 20_000;
        for (var draw = 0; draw < draws; draw++)
        {
            var (common, most) = (normals.Next(), double.NegativeInfinity);
            for (var i = 0; i < 50; i++)
                most = Math.Max(most, Math.Sqrt(correlation) * common + Math.Sqrt(1 - correlation) * normals.Next());
            best += most / draws;
        }
        SharpeConfidence.ExpectedMaximum(1, equivalent).ShouldBe(best, 0.04);
        EffectiveTrials.Equivalent(50, 0).ShouldBe(50, 1e-6);
        EffectiveTrials.Equivalent(50, 1).ShouldBe(1, 1e-6);
    }
}
