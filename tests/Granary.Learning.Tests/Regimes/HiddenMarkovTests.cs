using Granary.Learning.Regimes;

namespace Granary.Learning.Tests.Regimes;

public class HiddenMarkovTests
{
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // A calm market that rises and a wild one that falls, each lasting fifty bars on average.
    private static (double[] Returns, int[] States) Market(int seed, int count)
    {
        var random = new Random(seed);
        var (returns, states) = (new double[count], new int[count]);
        var state = 1;
        for (var t = 0; t < count; t++)
        {
            if (random.NextDouble() < 0.02) state = 1 - state;
            states[t] = state;
            returns[t] = state == 1 ? 0.001 + 0.006 * Normal(random) : -0.001 + 0.02 * Normal(random);
        }
        return (returns, states);
    }

    [Fact]
    public void A_planted_chain_is_found_again()
    {
        var (returns, _) = Market(1, 6000);
        var model = HiddenMarkovModel.Fit(returns, 2)!;
        model.Means[0].ShouldBe(-0.001, 0.001);
        model.Means[1].ShouldBe(0.001, 0.0004);
        model.Deviations[0].ShouldBe(0.02, 0.001);
        model.Deviations[1].ShouldBe(0.006, 0.0004);
        model.Transition(0, 0).ShouldBe(0.98, 0.01);
        model.Transition(1, 1).ShouldBe(0.98, 0.01);
        (model.Transition(0, 0) + model.Transition(0, 1)).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Filtering_is_Bayes_over_all_paths()
    {
        var model = new HiddenMarkovModel([0.6, 0.4], new[,] { { 0.9, 0.1 }, { 0.3, 0.7 } }, [-1, 1], [1, 0.5]);
        double[] x = [0.3, -0.8, 1.1, 0.9, -0.2];
        double Density(int s, double v) =>
            Math.Exp(-0.5 * Math.Pow((v - model.Means[s]) / model.Deviations[s], 2)) / (model.Deviations[s] * Math.Sqrt(2 * Math.PI));
        var ending = new double[2];
        for (var path = 0; path < 32; path++)
        {
            var p = 1.0;
            for (var t = 0; t < 5; t++)
            {
                var s = (path >> t) & 1;
                p *= (t == 0 ? new[] { 0.6, 0.4 }[s] : model.Transition((path >> (t - 1)) & 1, s)) * Density(s, x[t]);
            }
            ending[(path >> 4) & 1] += p;
        }
        var filtered = new double[2];
        for (var t = 0; t < 5; t++) model.Filter(x[t], filtered, first: t == 0);
        filtered[0].ShouldBe(ending[0] / ending.Sum(), 1e-12);
        model.LogLikelihoodOf(x).ShouldBe(Math.Log(ending.Sum()), 1e-12);
    }

    [Fact]
    public void No_model_in_the_neighbourhood_is_likelier()
    {
        var (returns, _) = Market(2, 1000);
        var model = HiddenMarkovModel.Fit(returns, 2, iterations: 2000, tolerance: 1e-12)!;
        var best = model.LogLikelihoodOf(returns);
        best.ShouldBe(model.LogLikelihood, 1e-4);
        foreach (var shift in (double[])[-1e-3, 1e-3])
        {
            for (var s = 0; s < 2; s++)
            {
                double[] means = [.. model.Means], deviations = [.. model.Deviations];
                means[s] += shift * model.Deviations[s];
                Other(means, deviations).ShouldBeLessThanOrEqualTo(best + 1e-3);
                means = [.. model.Means];
                deviations[s] *= 1 + shift;
                Other(means, deviations).ShouldBeLessThanOrEqualTo(best + 1e-3);
            }
        }

        double Other(double[] means, double[] deviations)
        {
            var t = new[,] { { model.Transition(0, 0), model.Transition(0, 1) }, { model.Transition(1, 0), model.Transition(1, 1) } };
            var first = new double[2];
            model.Filter(returns[0], first, first: true);
            return new HiddenMarkovModel(first, t, means, deviations).LogLikelihoodOf(returns);
        }
    }

    [Fact]
    public void Live_it_tells_the_states_apart_from_the_past_alone()
    {
        var (returns, states) = Market(3, 3000);
        var tracker = new HiddenMarkovTracker(2, 500, 100);
        int[] seen = [.. returns.Select(r => tracker.Next(r))];
        seen.Take(499).ShouldAllBe(s => s == -1);
        seen.Skip(499).ShouldAllBe(s => s >= 0);
        var right = seen.Zip(states).Skip(500).Count(p => p.First == p.Second) / 2500.0;
        right.ShouldBeGreaterThan(0.85);
        RegimeAgreement.Of(seen, 2, states, 2).AdjustedRand.ShouldBeGreaterThan(0.5);

        // Perturb what comes after 1,700: nothing before changes.
        var crashing = returns.Select((r, t) => t < 1700 ? r : (t % 3 - 1) * 0.5);
        var again = new HiddenMarkovTracker(2, 500, 100);
        crashing.Select(r => again.Next(r)).Take(1700).ShouldBe(seen.Take(1700));
    }

    [Fact]
    public void A_market_that_never_moves_has_no_states_and_jumps_do_no_harm()
    {
        HiddenMarkovModel.Fit(new double[100], 2).ShouldBeNull();
        HiddenMarkovModel.Fit([1, 2, 3], 2).ShouldBeNull();
        var tracker = new HiddenMarkovTracker(2, 40, 10);
        for (var i = 0; i < 100; i++) tracker.Next(0).ShouldBe(-1);
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            tracker.Next(i % 50 == 0 ? 1e6 : i % 7 == 0 ? double.NaN : 0.01 * Normal(random));
            foreach (var p in tracker.Probabilities) p.ShouldBeInRange(0, 1);
        }
    }
}
