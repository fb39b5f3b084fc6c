using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Numerics;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.ReferenceTasks;
using Granary.Reinforcement.Training;

namespace Granary.Benchmarks.Reinforce;

/// <summary>
/// The known answers of reinforcement learning with ten seeds each, and the speed of its parts: the tables of docs/reinforcement.md.
/// </summary>
internal static class ReinforceBenchmark
{
    private const int Seeds = 10, Episodes = 100;

    private static readonly (string Name, long Steps)[] Plan =
    [
        ("bandit", 30_000), ("password", 30_000), ("stochastic", 30_000), ("memory", 30_000), ("cartpole", 100_000),
        ("pendulum", 300_000), ("acrobot", 300_000), ("mountaincar-continuous", 200_000), ("kelly", 5_000_000), ("merton", 4_000_000),
        ("lqr", 600_000), ("cost-ou", 200_000), ("regime", 100_000),
    ];

    public static int Run(string[] args)
    {
        Speed();
        Console.WriteLine("| environment | steps | IQM | interval of 95 % | worst seed | CPU seconds per seed | known answer |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (name, steps) in Plan)
            if (args.Length == 0 || args.Contains(name, StringComparer.Ordinal))
                Row(name, steps);
        return 0;
    }

    private static void Row(string name, long steps)
    {
        var task = ReferenceTaskCatalogue.BuiltIn.Get(name);
        var (scores, answers) = (new double[Seeds], new List<string>());
        var before = Cpu();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            using var trainer = new PpoTrainer(task.Make, task.Settings, seed, steps);
            while (trainer.Done < trainer.Updates) trainer.Next();
            scores[seed - 1] = PolicyEvaluation.Run(trainer.Policy, task.Make(), Episodes, seed).Mean;
            answers.Add(Answer(name, trainer.Policy, scores[seed - 1], seed));
        }
        var seconds = (Cpu() - before) / Seeds;
        var iqm = InterquartileMean.Of([(double[])scores.Clone()]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {steps:N0} | {iqm.Value:0.####} | {iqm.Low:0.####} … {iqm.High:0.####} | {scores.Min():0.####} | {seconds:0.0} | "
                + $"{string.Join(", ", answers.Where(a => a.Length > 0))} |"));
    }

    private static string Answer(string name, TrainedPolicy policy, double score, long seed)
    {
        var action = new double[1];
        switch (name)
        {
            case "kelly":
                policy.Decide([1], action);
                return action[0].ToString("0.000", CultureInfo.InvariantCulture);
            case "merton":
                var worst = 0.0;
                foreach (var wealth in (double[])[-0.5, 0, 0.5, 1])
                {
                    policy.Decide([wealth], action);
                    worst = Math.Max(worst, Math.Abs(action[0] / Merton.BestShare - 1));
                }
                return (100 * worst).ToString("0.0", CultureInfo.InvariantCulture) + " %";
            case "lqr":
                return (score / Optimum(seed)).ToString("0.000", CultureInfo.InvariantCulture);
            default:
                return "";
        }
    }

    // The mean reward of the same episodes with Riccati's feedback.
    private static double Optimum(long seed)
    {
        var gain = Riccati();
        var environment = new LinearQuadratic();
        var state = new double[2];
        var sum = 0.0;
        for (var episode = 0; episode < Episodes; episode++)
        {
            var random = new PortableRandom(seed, 1_000_000 + episode);
            environment.Reset(ref random);
            for (var t = 0; t < environment.StepLimit; t++)
            {
                environment.CopyState(state);
                sum += environment.Step([-gain.X * state[0] - gain.V * state[1]], ref random).Reward;
            }
        }
        return sum / Episodes;
    }

    // Value iteration of P = Q + AᵀPA − AᵀPB(R + BᵀPB)⁻¹BᵀPA with A = [1 h; 0 1] and B = [0; h].
    private static (double X, double V) Riccati()
    {
        const double h = LinearQuadratic.Seconds;
        var (a, b, c) = (LinearQuadratic.PositionCost, 0.0, LinearQuadratic.SpeedCost);
        var gain = (X: 0.0, V: 0.0);
        for (var i = 0; i < 10_000; i++)
        {
            var scale = LinearQuadratic.ForceCost + h * h * c;
            gain = (h * b / scale, h * (h * b + c) / scale);
            var (nextA, nextB, nextC) = (LinearQuadratic.PositionCost + a - h * b * gain.X,
                h * a + b - h * b * gain.V, LinearQuadratic.SpeedCost + h * h * a + 2 * h * b + c - h * (h * b + c) * gain.V);
            (a, b, c) = (nextA, nextB, nextC);
        }
        return gain;
    }

    private static void Speed()
    {
        var settings = ReferenceTaskCatalogue.BuiltIn.Get("cartpole").Settings;
        using var trainer = new PpoTrainer(ReferenceTaskCatalogue.BuiltIn.Get("cartpole").Make,
            settings with { Environments = 16, Horizon = 1024 }, 1, 1_000_000);
        for (var i = 0; i < 10; i++) trainer.Collect();
        var before = Cpu();
        for (var i = 0; i < 60; i++) trainer.Collect();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"CartPole with the policy's forward pass (32 × 32): "
                + $"{60 * trainer.StepsPerUpdate / (Cpu() - before):N0} steps per CPU second"));
        NetworkSpeed.Run();
        AllocationSpeed.Run();
    }

    internal static double Cpu() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
}
