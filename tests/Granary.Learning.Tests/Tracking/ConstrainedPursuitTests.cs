using Granary.Learning.Tracking;

namespace Granary.Learning.Tests.Tracking;

public class ConstrainedPursuitTests
{
    [Fact]
    public void Non_negative_weights_are_the_least_squares_ones_where_these_are_positive()
    {
        var (panel, index) = OmpOracle.Read();
        var plain = MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 10, Intercept = true });
        plain.Weights.ShouldAllBe(w => w > 0);
        var bounded = MatchingPursuit.Fit(panel, index,
            new PursuitOptions { MaxNames = 10, Intercept = true, NonNegative = true, Refinement = Refinement.None });
        bounded.Support.ShouldBe(plain.Support);
        bounded.Weights.Zip(plain.Weights).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-9);
        bounded.ResidualNorm.ShouldBe(plain.ResidualNorm, 1e-10);
    }

    [Fact]
    public void A_short_that_would_help_is_not_taken_without_shorts()
    {
        var random = new Random(5);
        double[][] columns = [.. Enumerable.Range(0, 12).Select(_ => Noise(random, 120, 1))];
        double[] target = [.. Enumerable.Range(0, 120).Select(t => 2 * columns[3][t] - 1.5 * columns[7][t] + 0.5 * columns[9][t])];
        var panel = Panel(columns);
        MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 3 }).Support.ShouldBe([3, 7, 9], ignoreOrder: true);
        var fit = MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 12, NonNegative = true });
        fit.Support.ShouldNotContain(7);
        fit.Weights.ShouldAllBe(w => w > 0);
        ShouldBeNonNegativeOptimum(panel, target, fit);
    }

    [Fact]
    public void Weights_add_up_to_one_and_stay_within_their_bounds()
    {
        var (panel, index) = OmpOracle.Read();
        foreach (var options in new PursuitOptions[]
        {
            new() { MaxNames = 8, SumToOne = true },
            new() { MaxNames = 8, SumToOne = true, NonNegative = true },
            new() { MaxNames = 8, SumToOne = true, NonNegative = true, MaxWeight = 0.2 },
            new() { MaxNames = 8, SumToOne = true, NonNegative = true, MaxWeight = 0.125 },
            new() { MaxNames = 8, SumToOne = true, MaxWeight = 0.3, MinWeight = 0.05, Intercept = true },
            new() { MaxNames = 12, SumToOne = true, NonNegative = true, MinWeight = 0.08, ResidualThreshold = 0.9 },
        })
        {
            var fit = MatchingPursuit.Fit(panel, index, options);
            fit.Weights.Sum().ShouldBe(1, 1e-12);
            fit.Support.Count.ShouldBeLessThanOrEqualTo(options.MaxNames);
            fit.Support.Distinct().Count().ShouldBe(fit.Support.Count);
            fit.Weights.ShouldAllBe(w => Math.Abs(w) <= options.MaxWeight + 1e-12 && Math.Abs(w) >= options.MinWeight - 1e-12
                && (!options.NonNegative || w > 0));
        }
    }

    [Fact]
    public void A_largest_weight_of_one_eighth_over_eight_names_is_equal_weights()
    {
        var (panel, index) = OmpOracle.Read();
        MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 8, SumToOne = true, NonNegative = true, MaxWeight = 0.125 })
            .Weights.ShouldAllBe(w => Math.Abs(w - 0.125) < 1e-12);
    }

    [Fact]
    public void A_high_price_of_turnover_keeps_what_is_held_and_a_low_one_moves_towards_the_fit()
    {
        var (panel, index) = OmpOracle.Read();
        var held = new double[panel.Count];
        (held[5], held[17], held[33]) = (0.3, 0.3, 0.3);
        PursuitOptions With(double penalty) =>
            new() { MaxNames = 10, NonNegative = true, PreviousWeights = held, TurnoverPenalty = penalty };
        var free = MatchingPursuit.Fit(panel, index, With(0));
        var turnovers = new List<double>();
        foreach (var penalty in (double[])[1e-6, 1e-3, 1e-2, 0.1, 10])
        {
            var dense = MatchingPursuit.Fit(panel, index, With(penalty)).Dense(panel.Count);
            turnovers.Add(dense.Zip(held, (w, h) => Math.Abs(w - h)).Sum());
        }
        turnovers.Zip(turnovers.Skip(1)).ShouldAllBe(p => p.Second <= p.First + 1e-9);
        turnovers[^1].ShouldBe(0, 1e-12);
        turnovers[0].ShouldBe(free.Dense(panel.Count).Zip(held, (w, h) => Math.Abs(w - h)).Sum(), 0.01);
    }

    [Fact]
    public void Of_two_equal_names_the_one_that_is_cheaper_to_trade_is_held()
    {
        var random = new Random(6);
        var a = Noise(random, 100, 1);
        var costs = new double[] { 0.05, 0.001 };
        var fit = MatchingPursuit.Fit(Panel([a, a]), a, new PursuitOptions { MaxNames = 1, Costs = costs });
        fit.Support.ShouldBe([1]);
        fit.Weights[0].ShouldBe(1 - 0.001, 1e-9); // soft-thresholded: w = 1 − cost
    }

    [Fact]
    public void Repeated_and_constant_names_do_no_harm_under_constraints()
    {
        var random = new Random(7);
        var (a, b) = (Noise(random, 60, 1), Noise(random, 60, 1));
        double[] target = [.. a.Zip(b, (x, y) => 0.5 * x + 0.5 * y)];
        var panel = Panel([a, a, b, b, new double[60]]);
        foreach (var options in new PursuitOptions[]
        {
            new() { MaxNames = 5, NonNegative = true, SumToOne = true },
            new() { MaxNames = 5, NonNegative = true, SumToOne = true, MaxWeight = 0.25 },
            new() { MaxNames = 5, SumToOne = true, MaxWeight = 0.3, Intercept = true },
        })
        {
            var fit = MatchingPursuit.Fit(panel, target, options);
            fit.Weights.Sum().ShouldBe(1, 1e-9);
            fit.ResidualNorm.ShouldBeLessThan(1e-6, options.ToString());
        }
    }

    [Fact]
    public void The_small_program_is_solved_to_its_optimum_over_a_thousand_random_ones()
    {
        var random = new Random(8);
        for (var round = 0; round < 1000; round++)
        {
            var n = 1 + random.Next(8);
            var rows = n + random.Next(4);
            var a = Enumerable.Range(0, n).Select(_ => Noise(random, rows, 1)).ToArray();
            var gram = new double[n, n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++) gram[i, j] = a[i].Zip(a[j], (x, y) => x * y).Sum();
            var linear = Noise(random, n, 2);
            var sumToOne = random.Next(2) == 0;
            var upper = Enumerable.Range(0, n).Select(_ => 1.0 / n + random.NextDouble()).ToArray();
            var lower = upper.Select(_ => random.Next(2) == 0 ? 0 : -random.NextDouble()).ToArray();
            var price = Enumerable.Range(0, n).Select(_ => random.Next(2) == 0 ? 0 : random.NextDouble()).ToArray();
            var previous = Enumerable.Range(0, n).Select(_ => random.Next(3) == 0 ? 0 : random.NextDouble() - 0.3).ToArray();
            var start = Enumerable.Repeat(sumToOne ? 1.0 / n : 0, n).ToArray();
            var w = new BoundedLeastSquares(gram, linear, lower, upper, new(price, previous), sumToOne, start).Solve();
            for (var i = 0; i < n; i++) w[i].ShouldBeInRange(lower[i], upper[i]);
            if (sumToOne) w.Sum().ShouldBe(1, 1e-12);
            // A convex objective that no allowed move between one or two weights lowers is at its minimum.
            var best = Objective(w);
            foreach (var step in (double[])[1e-2, 1e-4])
            {
                for (var i = 0; i < n; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
                        if (i == j && sumToOne) continue;
                        var moved = (double[])w.Clone();
                        var size = Math.Min(step, upper[i] - w[i]);
                        if (sumToOne) size = Math.Min(size, w[j] - lower[j]);
                        moved[i] += size;
                        if (sumToOne) moved[j] -= size;
                        Objective(moved).ShouldBeGreaterThanOrEqualTo(best - 1e-12);
                        if (sumToOne) continue;
                        moved[i] = w[i] - Math.Min(step, w[i] - lower[i]);
                        Objective(moved).ShouldBeGreaterThanOrEqualTo(best - 1e-12);
                    }
                }
            }

            double Objective(double[] v)
            {
                double total = 0;
                for (var i = 0; i < n; i++)
                {
                    total += price[i] * Math.Abs(v[i] - previous[i]) - linear[i] * v[i];
                    for (var j = 0; j < n; j++) total += 0.5 * v[i] * gram[i, j] * v[j];
                }
                return total;
            }
        }
    }

    private static double[] Noise(Random random, int n, double scale) =>
        [.. Enumerable.Range(0, n).Select(_ => scale * (random.NextDouble() - 0.5))];

    private static ReturnPanel Panel(double[][] columns) =>
        ReturnPanel.FromColumns([.. Enumerable.Range(0, columns.Length).Select(i => $"S{i}")], columns);

    private static void ShouldBeNonNegativeOptimum(ReturnPanel panel, double[] target, SparseFit fit)
    {
        var residual = panel.Combine(fit.Support, fit.Weights).Zip(target, (f, y) => y - f).ToArray();
        for (var j = 0; j < panel.Count; j++)
        {
            var gain = panel.Column(j).ToArray().Zip(residual, (x, r) => x * r).Sum();
            if (fit.Support.Contains(j)) gain.ShouldBe(0, 1e-8);
            else gain.ShouldBeLessThan(1e-8);
        }
    }
}
