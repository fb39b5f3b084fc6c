using Granary.Engine.Numerics;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.ReferenceTasks;
using Granary.Reinforcement.Training;
using Granary.Testing;

namespace Granary.Learning.Tests.Reinforcement;

/// <summary>
/// Trainings with known answers, with few seeds. <c>Granary.Benchmarks reinforce</c> runs all environments with ten seeds.
/// </summary>
public class KnownAnswerTests
{
    [Theory]
    [InlineData("bandit", 30_000, 2, 0.95)]
    [InlineData("password", 30_000, 2, 0.95)]
    [InlineData("stochastic", 30_000, 2, 0.95)]
    [InlineData("memory", 30_000, 2, 0.95)]
    [InlineData("cartpole", 100_000, 1, 475)]
    public void Each_seed_solves_its_environment(string name, long steps, int seeds, double least)
    {
        // Two seeds of each in the long form.
        seeds = TestEffort.Of(seeds, 2);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var policy = Train(name, steps, seed);
            PolicyEvaluation.Run(policy, ReferenceTaskCatalogue.BuiltIn.Get(name).Make(), 100, seed).Mean
                .ShouldBeGreaterThanOrEqualTo(least, $"{name}, seed {seed}");
        }
    }

    // Merton (1969): (μ − r) / (γσ²) at every wealth.
    [Fact]
    public void The_share_of_the_risky_asset_is_within_two_percent_of_Mertons_and_flat_in_wealth()
    {
        var policy = Train("merton", 4_000_000, 1);
        var action = new double[1];
        foreach (var wealth in (double[])[-0.5, 0, 0.5, 1])
        {
            policy.Decide([wealth], action);
            action[0].ShouldBe(0.5, 0.01, $"at log wealth {wealth}");
        }
    }

    // The mean cost of the same episodes with the feedback of Riccati's equation.
    [Fact]
    public void The_cost_of_the_linear_regulator_is_within_five_percent_of_the_optimum()
    {
        var policy = Train("lqr", 300_000, 3);
        var environment = ReferenceTaskCatalogue.BuiltIn.Get("lqr").Make();
        var cost = PolicyEvaluation.Run(policy, environment, 100, 3).Mean;
        var (position, speed) = Riccati();
        var (state, sum) = (new double[2], 0.0);
        for (var episode = 0; episode < 100; episode++)
        {
            var random = new PortableRandom(3, 1_000_000 + episode);
            environment.Reset(ref random);
            for (var t = 0; t < environment.StepLimit; t++)
            {
                environment.CopyState(state);
                sum += environment.Step([-position * state[0] - speed * state[1]], ref random).Reward;
            }
        }
        (cost / (sum / 100)).ShouldBeInRange(1, 1.05);
    }

    // Value iteration of P = Q + A'PA − A'PB (R + B'PB)⁻¹ B'PA for A = [1 h; 0 1], B = [0; h], Q = diag(1, 0.1), R = 0.1, h = 0.1.
    private static (double Position, double Speed) Riccati()
    {
        const double h = 0.1;
        double p11 = 1, p12 = 0, p22 = 0.1, k1 = 0, k2 = 0;
        for (var i = 0; i < 5000; i++)
        {
            var scale = 0.1 + h * h * p22;
            (k1, k2) = (h * p12 / scale, h * (h * p12 + p22) / scale);
            (p11, p12, p22) = (1 + p11 - h * p12 * k1, h * p11 + p12 - h * p12 * k2,
                0.1 + h * h * p11 + 2 * h * p12 + p22 - h * (h * p12 + p22) * k2);
        }
        return (k1, k2);
    }

    private static TrainedPolicy Train(string name, long steps, long seed)
    {
        var task = ReferenceTaskCatalogue.BuiltIn.Get(name);
        using var trainer = new PpoTrainer(task.Make, task.Settings, seed, steps);
        while (trainer.Done < trainer.Updates) trainer.Next();
        return trainer.Policy;
    }
}
