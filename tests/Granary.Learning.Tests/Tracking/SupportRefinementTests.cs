using Granary.Learning.Tracking;

namespace Granary.Learning.Tests.Tracking;

public class SupportRefinementTests
{
    private const int Names = 11, Most = 4, Periods = 60;

    private static readonly (string Name, PursuitOptions Options)[] Constraints =
    [
        ("non-negative", new PursuitOptions { MaxNames = Most, NonNegative = true }),
        ("non-negative with an intercept", new PursuitOptions { MaxNames = Most, NonNegative = true, Intercept = true }),
        ("sum to one", new PursuitOptions { MaxNames = Most, SumToOne = true }),
        ("non-negative, sum to one", new PursuitOptions { MaxNames = Most, NonNegative = true, SumToOne = true }),
        ("at most 0.35", new PursuitOptions { MaxNames = Most, NonNegative = true, SumToOne = true, MaxWeight = 0.35 }),
        ("from 0.15", new PursuitOptions { MaxNames = Most, NonNegative = true, SumToOne = true, MinWeight = 0.15 }),
        ("from 0.1 to 0.4", new PursuitOptions { MaxNames = Most, NonNegative = true, MinWeight = 0.1, MaxWeight = 0.4 }),
    ];

    [Fact]
    public void Under_constraints_the_names_are_the_best_ones_by_brute_force_where_all_sets_can_be_tried()
    {
        foreach (var (name, options) in Constraints)
            foreach (var (panel, target) in Markets(8))
                MatchingPursuit.Fit(panel, target, options).ResidualNorm.ShouldBe(BruteForce.Residual(panel, target, options), 1e-7, name);
    }

    [Fact]
    public void Exchanging_names_comes_within_one_percent_of_brute_force_where_the_pursuit_alone_is_far_from_it()
    {
        double worst = 0, alone = 0;
        foreach (var (_, options) in Constraints)
            foreach (var (panel, target) in Markets(8))
            {
                var best = BruteForce.Residual(panel, target, options);
                worst = Math.Max(worst, MatchingPursuit.Fit(panel, target,
                    options with { Refinement = Refinement.LocalSearch }).ResidualNorm / best - 1);
                alone = Math.Max(alone, MatchingPursuit.Fit(panel, target,
                    options with { Refinement = Refinement.None }).ResidualNorm / best - 1);
            }
        worst.ShouldBeLessThan(0.01);
        alone.ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public void Refined_weights_obey_the_constraints()
    {
        foreach (var (name, options) in Constraints)
            foreach (var (panel, target) in Markets(4))
            {
                var fit = MatchingPursuit.Fit(panel, target, options);
                fit.Support.Count.ShouldBeLessThanOrEqualTo(Most, name);
                if (options.SumToOne) fit.Weights.Sum().ShouldBe(1, 1e-9, name);
                fit.Weights.ShouldAllBe(w => Math.Abs(w) <= options.MaxWeight + 1e-12 && Math.Abs(w) >= options.MinWeight - 1e-12
                    && (!options.NonNegative || w > 0), name);
            }
    }

    [Fact]
    public void The_names_against_error_curve_is_of_the_names_that_are_held_in_the_end()
    {
        foreach (var (name, options) in Constraints.Where(c => c.Options.MinWeight == 0))
            foreach (var (panel, target) in Markets(4))
            {
                var fit = MatchingPursuit.Fit(panel, target, options);
                fit.Path.Select(p => p.Names).ShouldBe(Enumerable.Range(1, fit.Support.Count), name);
                fit.Path[^1].ResidualNorm.ShouldBe(fit.ResidualNorm, 1e-12, name);
                var first = ReturnPanel.FromColumns([panel.Names[fit.Support[0]]], [panel.Column(fit.Support[0]).ToArray()]);
                var alone = MatchingPursuit.Fit(first, target, options with { MaxNames = 1, MaxWeight = Math.Max(options.MaxWeight, 1) });
                fit.Path[0].ResidualNorm.ShouldBe(alone.ResidualNorm, 1e-9, name);
            }
    }

    [Fact]
    public void Without_constraints_matching_pursuit_is_left_as_it_is()
    {
        var (panel, index) = OmpOracle.Read();
        foreach (var intercept in new[] { false, true })
        {
            var auto = MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 8, Intercept = intercept });
            var none = MatchingPursuit.Fit(panel, index, new PursuitOptions
            {
                MaxNames = 8,
                Intercept = intercept,
                Refinement = Refinement.None
            });
            auto.Support.ShouldBe(none.Support);
            auto.Weights.ShouldBe(none.Weights);
        }
    }

    [Fact]
    public void A_panel_of_hundreds_of_names_is_refined_within_the_bound_of_work()
    {
        var random = new Random(3);
        var market = Noise(random, 500, 0.01);
        double[][] columns = [.. Enumerable.Range(0, 300).Select(_ => Follow(random, market))];
        double[] target = [.. Enumerable.Range(0, 500).Select(t => columns.Average(c => c[t]))];
        var panel = ReturnPanel.FromColumns([.. Enumerable.Range(0, 300).Select(i => $"N{i}")], columns);
        var options = new PursuitOptions { MaxNames = 20, NonNegative = true, SumToOne = true, MaxWeight = 0.1 };
        var refined = MatchingPursuit.Fit(panel, target, options);
        refined.ResidualNorm.ShouldBeLessThan(MatchingPursuit.Fit(panel, target,
            options with { Refinement = Refinement.None }).ResidualNorm);
    }

    private static IEnumerable<(ReturnPanel Panel, double[] Target)> Markets(int count)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            var market = Noise(random, Periods, 0.01);
            double[][] columns = [.. Enumerable.Range(0, Names).Select(_ => Follow(random, market))];
            double[] target = [.. Enumerable.Range(0, Periods).Select(t => columns.Select((c, i) =>
                c[t] * (i % 3 == 0 ? 0.2 : 0.05)).Sum() + 0.001 * (random.NextDouble() - 0.5))];
            yield return (ReturnPanel.FromColumns([.. Enumerable.Range(0, Names).Select(i => $"N{i}")], columns), target);
        }
    }

    private static double[] Follow(Random random, double[] market)
    {
        var (beta, own) = (0.5 + random.NextDouble(), Noise(random, market.Length, 0.004 + 0.01 * random.NextDouble()));
        return [.. market.Select((m, t) => beta * m + own[t])];
    }

    private static double[] Noise(Random random, int n, double scale) =>
        [.. Enumerable.Range(0, n).Select(_ => scale * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2)];
}
