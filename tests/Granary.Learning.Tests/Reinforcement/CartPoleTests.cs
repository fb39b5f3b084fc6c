using Granary.Engine.Numerics;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.ReferenceTasks;
using Granary.Reinforcement.Training;
using Granary.Testing;

namespace Granary.Learning.Tests.Reinforcement;

/// <summary>
/// The share of trainings that solve CartPole-v1: a mean reward of at least 475 over 100 episodes (Gymnasium's threshold).
/// </summary>
public sealed class CartPoleTests(ITestOutputHelper output)
{
    private const double Solved = 475;

    // Five seeds tell a share of solved trainings of 1 from one below a half; 40, from one below nine tenths.
    [Fact]
    public void Trainings_from_drawn_seeds_solve_CartPole()
    {
        var task = ReferenceTaskCatalogue.BuiltIn.Get("cartpole");
        var random = new PortableRandom(20_261_124, 0);
        var seeds = Enumerable.Range(0, TestEffort.Of(5, 40)).Select(_ => (long)(random.NextDouble() * 1e9)).ToList();
        var means = seeds.ConvertAll(seed =>
        {
            using var trainer = new PpoTrainer(task.Make, task.Settings, seed, 100_000);
            while (trainer.Done < trainer.Updates) trainer.Next();
            return PolicyEvaluation.Run(trainer.Policy, task.Make(), 100, seed).Mean;
        });
        var solved = means.Count(m => m >= Solved);
        output.WriteLine($"{solved} of {seeds.Count} solved; worst {means.Min():0.0}");
        (seeds.Count - solved).ShouldBeLessThanOrEqualTo(seeds.Count / 20,
            $"seeds with {string.Join(", ", seeds.Zip(means).Where(s => s.Second < Solved).Select(s => $"{s.First}: {s.Second:0.0}"))}");
    }
}
