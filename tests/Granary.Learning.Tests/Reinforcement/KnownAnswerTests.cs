using Granary.Learning.Reinforcement.Evaluation;
using Granary.Learning.Reinforcement.Policies;
using Granary.Learning.Reinforcement.ReferenceTasks;
using Granary.Learning.Reinforcement.Training;

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
    [InlineData("cartpole", 100_000, 2, 475)]
    public void Each_seed_solves_its_environment(string name, long steps, int seeds, double least)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var policy = Train(name, steps, seed);
            PolicyEvaluation.Run(policy, ReferenceTaskCatalogue.BuiltIn.Get(name).Make(), 100, seed).Mean
                .ShouldBeGreaterThanOrEqualTo(least, $"{name}, seed {seed}");
        }
    }

    private static TrainedPolicy Train(string name, long steps, long seed)
    {
        var task = ReferenceTaskCatalogue.BuiltIn.Get(name);
        using var trainer = new PpoTrainer(task.Make, task.Settings, seed, steps);
        while (trainer.Done < trainer.Updates) trainer.Next();
        return trainer.Policy;
    }
}
