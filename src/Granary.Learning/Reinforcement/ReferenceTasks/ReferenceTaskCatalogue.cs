using Granary.Engine.Catalogues;
using Granary.Learning.Reinforcement.Environments;
using Granary.Learning.Reinforcement.Training;

namespace Granary.Learning.Reinforcement.ReferenceTasks;

/// <summary>The reference environments by name.</summary>
public static class ReferenceTaskCatalogue
{
    /// <summary>All of them.</summary>
    public static Catalogue<ReferenceTask> BuiltIn { get; } = Build(
        new ReferenceTask("bandit", "four arms, of which one pays", () => new Bandit(),
            new PpoSettings { Environments = 16, Horizon = 32, Hidden = [16], LearningRate = 0.01, Gamma = 0, EntropyCoefficient = 0.01 }),
        new ReferenceTask("password", "a password of five digits, paid as a whole", () => new Password(),
            new PpoSettings { Environments = 16, Horizon = 64, Hidden = [32], LearningRate = 0.003, EntropyCoefficient = 0.02,
                ScaleRewards = false }),
        new ReferenceTask("stochastic", "one action in 75 % of the steps", () => new Stochastic(),
            new PpoSettings { Environments = 16, Horizon = 64, Epochs = 8, Hidden = [32, 32], LearningRate = 0.005, Gamma = 0.5,
                EntropyCoefficient = 0.001 }),
        new ReferenceTask("memory", "digits to repeat after a delay", () => new Memory(),
            new PpoSettings { Environments = 16, Horizon = 64, Hidden = [32, 32], LearningRate = 0.003, EntropyCoefficient = 0.01 }),
        new ReferenceTask("cartpole", "CartPole-v1", () => new CartPole(),
            new PpoSettings { Environments = 8, Horizon = 32, Epochs = 20, Hidden = [32, 32], LearningRate = 0.002, Gamma = 0.98, Lambda = 0.8,
                NormalizeObservations = false, ScaleRewards = false }),
        new ReferenceTask("pendulum", "Pendulum-v1", () => new Pendulum(),
            new PpoSettings { Environments = 16, Horizon = 128, Minibatch = 256, Epochs = 10, LearningRate = 0.001, Gamma = 0.9 }),
        new ReferenceTask("acrobot", "Acrobot-v1", () => new Acrobot(),
            new PpoSettings { Environments = 16, Horizon = 256, Minibatch = 256, Epochs = 4, LearningRate = 0.001, Lambda = 0.94 }),
        new ReferenceTask("mountaincar-continuous", "MountainCarContinuous-v0", () => new MountainCarContinuous(),
            new PpoSettings { Environments = 16, Horizon = 512, Minibatch = 512, Epochs = 10, LearningRate = 0.001, Gamma = 0.999,
                Lambda = 0.98, EntropyCoefficient = 0.005, LogDeviation = 0.5 }),
        new ReferenceTask("kelly", "the best fraction on a coin with p = 0.55", () => new KellyCoin(),
            new PpoSettings { Environments = 64, Horizon = 256, Minibatch = 4096, Epochs = 4, Hidden = [8], LearningRate = 0.003, Gamma = 0,
                LogDeviation = -2 }),
        new ReferenceTask("merton", "Merton's share of a risky asset", () => new Merton(),
            new PpoSettings { Environments = 64, Horizon = 256, Minibatch = 4096, Epochs = 4, Hidden = [8], LearningRate = 0.003, Gamma = 0,
                LogDeviation = -1 }),
        new ReferenceTask("lqr", "a linear regulator with quadratic cost", () => new LinearQuadratic(),
            new PpoSettings { Environments = 16, Horizon = 256, Minibatch = 512, Epochs = 10, Hidden = [32, 32], LearningRate = 0.001 }),
        new ReferenceTask("cost-ou", "a mean-reverting price with trading costs", () => new CostlyReversion(),
            new PpoSettings { Environments = 16, Horizon = 256, Minibatch = 512, Epochs = 4, Hidden = [32, 32], LearningRate = 0.001,
                Gamma = 0.95 }),
        new ReferenceTask("regime", "weights of cash and an asset in two market states", () => new RegimeSwitch(),
            new PpoSettings { Environments = 16, Horizon = 256, Minibatch = 512, Epochs = 4, Hidden = [16], LearningRate = 0.003, Gamma = 0 }));

    private static Catalogue<ReferenceTask> Build(params ReadOnlySpan<ReferenceTask> tasks)
    {
        var builder = new CatalogueBuilder<ReferenceTask>("environment");
        foreach (var task in tasks) builder.Add(task.Name, task, task.Make().GetType().Name);
        return builder.Build();
    }
}
