using Granary.Reinforcement.Evaluation;

namespace Granary.Learning.Tests.Reinforcement;

public class InterquartileMeanTests
{
    // The middle half of 1 … 8 is 3, 4, 5, 6. Of five scores, the middle half is 3 and three quarters of 2 and of 4, as scipy's trimmed
    // mean with parts of scores: (0.75·2 + 3 + 0.75·4) / 2.5 = 3.
    [Fact]
    public void The_middle_half_of_the_scores_counts()
    {
        InterquartileMean.Of([[8, 1, 2, 7, 3, 6, 4, 5]]).Value.ShouldBe(4.5);
        InterquartileMean.Of([[1, 2, 3, 4, 1000]]).Value.ShouldBe(3, 1e-12);
    }

    [Fact]
    public void An_interval_of_equal_scores_is_a_point_and_otherwise_has_the_value_inside()
    {
        InterquartileMean.Of([[2, 2, 2]]).ShouldBe(new InterquartileMean(2, 2, 2));
        var mixed = InterquartileMean.Of([[1, 5, 3, 2, 9, 4, 6, 2, 7, 3]]);
        mixed.Low.ShouldBeLessThan(mixed.Value);
        mixed.High.ShouldBeGreaterThan(mixed.Value);
    }

    // Pairs of {1, 3} and {2, 3}: 1 < 2, 1 < 3, 3 > 2, 3 = 3: (1 + 0.5) / 4.
    [Fact]
    public void The_probability_of_improvement_counts_pairs_and_halves_ties()
    {
        ImprovementProbability.Of([([1, 3], [2, 3])]).Value.ShouldBe(0.375);
        var sure = ImprovementProbability.Of([([5, 6, 7], [1, 2, 3]), ([1, 1], [0, 0])]);
        sure.ShouldBe(new ImprovementProbability(1, 1, 1));
    }

    // Ten runs in each of four strata, better than the baseline in three of them: one market path less and it is an even chance.
    [Fact]
    public void Few_strata_prove_little_however_many_runs_they_have()
    {
        double[] high = [.. Enumerable.Range(1, 10)], low = [.. Enumerable.Range(-10, 10)];
        var few = ImprovementProbability.Of([(high, [0.5]), (high, [0.5]), (high, [0.5]), (low, [0.5])]);
        few.Value.ShouldBe(0.75);
        few.Low.ShouldBeLessThan(0.5);
        var many = ImprovementProbability.Of([.. Enumerable.Range(0, 40).Select(i => (i % 4 == 0 ? low : high, new[] { 0.5 }))]);
        many.Value.ShouldBe(0.75);
        many.Low.ShouldBeGreaterThan(0.5);
    }
}
