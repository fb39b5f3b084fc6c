using System.Diagnostics;
using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class ProbabilityOfOverfittingTests
{
    [Fact]
    public void On_pure_noise_the_choice_is_worth_nothing()
    {
        // The mean over independent draws, since all splits of one draw share its data.
        var normals = new SeededNormals(21);
        var probabilities = Enumerable.Range(0, 60).Select(_ => ProbabilityOfOverfitting.Of(normals.Strategies(30, 320), 10).Probability)
            .ToArray();
        probabilities.Average().ShouldBe(0.5, 0.06);
    }

    [Fact]
    public void On_noise_an_odd_number_of_strategies_gives_a_half_like_an_even_one()
    {
        // Of three strategies the chosen one ranks at the median in a third of the splits: counted in full, noise would show 0.67.
        var normals = new SeededNormals(27);
        Enumerable.Range(0, 400).Average(_ => ProbabilityOfOverfitting.Of(normals.Strategies(3, 64), 8).Probability).ShouldBe(0.5, 0.04);
    }

    [Fact]
    public void A_planted_edge_is_not_called_overfitted()
    {
        var normals = new SeededNormals(22);
        var strategies = normals.Strategies(100, 1000);
        strategies[42] = normals.Returns(1000, 0.002, 0.01);
        var result = ProbabilityOfOverfitting.Of(strategies);
        result.Probability.ShouldBeLessThan(0.02);
        result.ProbabilityOfLoss.ShouldBeLessThan(0.02);
        result.Logits.Count.ShouldBe(12_870);
    }

    [Fact]
    public void Strategies_whose_luck_turns_half_way_are_overfitted_for_certain()
    {
        // Each gains in one half of time what it loses in the other, so that the winner in-sample loses out-of-sample.
        var normals = new SeededNormals(23);
        double[][] strategies = [.. Enumerable.Range(0, 20)
            .Select(k => Enumerable.Range(0, 400).Select(t => (t < 200 ? 1 : -1) * (k - 9.5) * 0.001 + 0.0001 * normals.Next()).ToArray())];
        ProbabilityOfOverfitting.Of(strategies, 2, PerformanceMeasure.MeanReturn).Probability.ShouldBe(1);
    }

    [Theory]
    [InlineData(4, PerformanceMeasure.Sharpe)]
    [InlineData(6, PerformanceMeasure.Sharpe)]
    [InlineData(8, PerformanceMeasure.MeanReturn)]
    internal void It_equals_the_papers_algorithm_written_out(int blocks, PerformanceMeasure measure)
    {
        var strategies = new SeededNormals(24).Strategies(13, 131); // odd sizes, so that blocks differ by one and vectors have a rest
        var result = ProbabilityOfOverfitting.Of(strategies, blocks, measure);
        var expected = new List<double>();
        for (var mask = 0; mask < 1 << blocks; mask++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)mask) != blocks / 2) continue;
            double Score(double[] r, bool inSample)
            {
                var part = Moments.Of([.. r.Where((_, t) => ((mask >> Block(t)) & 1) == 1 == inSample)]);
                return measure == PerformanceMeasure.MeanReturn ? part.Mean : part.Mean / part.SampleDeviation;
            }
            var inside = strategies.Select(r => Score(r, true)).ToList();
            var outside = strategies.Select(r => Score(r, false)).ToList();
            var best = inside.IndexOf(inside.Max());
            var omega = outside.Count(o => o <= outside[best]) / 14.0;
            expected.Add(Math.Log(omega / (1 - omega)));
        }
        result.Logits.Order().Zip(expected.Order()).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-12);
        result.Logits.Count.ShouldBe(expected.Count);
        result.Probability.ShouldBe(expected.Sum(l => Math.Abs(l) < 1e-12 ? 0.5 : l < 0 ? 1 : 0) / expected.Count, 1e-12);

        int Block(int t) => Enumerable.Range(0, blocks).First(b => t < (b + 1) * 131 / blocks);
    }

    [Fact]
    public void Strategies_that_never_trade_tie_and_do_no_harm()
    {
        var result = ProbabilityOfOverfitting.Of([new double[64], new double[64], new double[64]], 8);
        result.Probability.ShouldBe(0.5); // all rank at the median: nothing was learned
        result.Degradation.ShouldBe(double.NaN);
        result.PersistsOutOfSample.ShouldBeFalse();
    }

    [Fact]
    public void Strategies_that_all_earn_alike_are_no_failure_although_none_ranks_above_the_others()
    {
        // The paper names it among the limits of the method: high but similar Sharpe ratios give a high probability of overfitting, and all
        // have merit.
        var normals = new SeededNormals(28);
        var (ranked, carried, noise) = (0, 0, 0);
        for (var draw = 0; draw < 40; draw++)
        {
            var common = normals.Returns(520, 0.0055, 0.02); // an annual Sharpe ratio of 2
            double[][] alike = [.. Enumerable.Range(0, 20)
                .Select(_ => normals.Returns(520, 0, 0.004).Zip(common, (own, all) => own + all).ToArray())];
            var earners = ProbabilityOfOverfitting.Of(alike, 8);
            if (earners.Probability < ProbabilityOfOverfitting.Most) ranked++;
            if (earners.PersistsOutOfSample) carried++;
            if (ProbabilityOfOverfitting.Of(normals.Strategies(20, 520), 8).IsAmongEarners) noise++;
        }
        ranked.ShouldBeLessThan(32);
        carried.ShouldBeGreaterThanOrEqualTo(38);
        noise.ShouldBe(0);
    }

    [Fact]
    public void Sixteen_blocks_over_a_thousand_strategies_are_split_in_every_way()
    {
        var strategies = new SeededNormals(25).Strategies(1000, 1024);
        var clock = Stopwatch.StartNew();
        ProbabilityOfOverfitting.Of(strategies).Logits.Count.ShouldBe(12_870);
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalSeconds:F2} s");
    }

    [Fact]
    public void What_cannot_be_split_is_refused()
    {
        var two = new SeededNormals(26).Strategies(2, 40);
        Should.Throw<ArgumentException>(() => ProbabilityOfOverfitting.Of([two[0]])).Message.ShouldContain("too few");
        Should.Throw<ArgumentException>(() => ProbabilityOfOverfitting.Of(two, 7)).Message.ShouldContain("even");
        Should.Throw<ArgumentException>(() => ProbabilityOfOverfitting.Of(two, 22)).Message.ShouldContain("40 periods");
        Should.Throw<ArgumentException>(() => ProbabilityOfOverfitting.Of([two[0], new double[39]], 4)).Message.ShouldContain("strategy 1");
    }
}
