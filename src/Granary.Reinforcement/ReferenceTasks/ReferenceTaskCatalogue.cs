using Granary.Engine.Catalogues;
using Granary.Reinforcement.Training;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>The reference environments by name.</summary>
public static class ReferenceTaskCatalogue
{
    /// <summary>All of them.</summary>
    public static Catalogue<ReferenceTask> BuiltIn { get; } = Build(
        new ReferenceTask("bandit", "four arms, of which one pays", () => new Bandit(), Short with { Horizon = 32, LearningRate = 0.01 }),
        new ReferenceTask("password", "a password of five digits, paid as a whole", () => new Password(),
            Short with { EntropyCoefficient = 0.02, ScaleRewards = false }),
        new ReferenceTask("stochastic", "one action in 75 % of the steps", () => new StochasticShare(),
            Short with { Epochs = 8, LearningRate = 0.005, Gamma = 0.5, EntropyCoefficient = 0.001 }),
        new ReferenceTask("memory", "digits to repeat after a delay", () => new Memory(), Short),
        new ReferenceTask("cartpole", "CartPole-v1", () => new CartPole(), new PpoSettings
        {
            Environments = 8,
            Horizon = 32,
            Epochs = 20,
            Hidden = [32, 32],
            LearningRate = 0.002,
            Gamma = 0.98,
            Lambda = 0.8,
            NormalizeObservations = false,
            ScaleRewards = false,
            TargetKl = 0.02,
            SelectionEpisodes = 20,
        }),
        new ReferenceTask("pendulum", "Pendulum-v1", () => new Pendulum(), Control with { Minibatch = 512, Gamma = 0.95 }),
        new ReferenceTask("acrobot", "Acrobot-v1", () => new Acrobot(),
            Control with { Epochs = 8, LearningRate = 0.002, Lambda = 0.94 }),
        new ReferenceTask("mountaincar-continuous", "MountainCarContinuous-v0", () => new MountainCarContinuous(), Control with
        {
            Horizon = 512,
            Minibatch = 512,
            Gamma = 0.999,
            Lambda = 0.98,
            EntropyCoefficient = 0.005,
            LogDeviation = 0.5,
        }),
        new ReferenceTask("kelly", "the best fraction on a coin with p = 0.55", () => new KellyCoin(),
            Myopic with { LearningRate = 0.0007, EntropyCoefficient = 0.0005, LogDeviation = -1.5 }),
        new ReferenceTask("merton", "Merton's share of a risky asset", () => new Merton(), Myopic with
        {
            // Utility has a long lower tail. Normalising advantages per minibatch gives less weight to minibatches with a large loss, which
            // biases the share upwards. The entropy bonus keeps the deviation of actions near 0.2; with less, the noise of the utility
            // hides the gradient.
            Hidden = [],
            LearningRate = 0.001,
            EntropyCoefficient = 0.018,
            LogDeviation = -1.5,
            NormalizeAdvantages = false,
            NormalizeObservations = false,
            ScaleRewards = false,
        }),
        new ReferenceTask("lqr", "a linear regulator with quadratic cost", () => new LinearQuadratic(), Control with
        {
            Minibatch = 1024,
            Hidden = [32, 32],
            LearningRate = 0.003,
            // The entropy bonus keeps the deviation of forces near 0.2; without it, exploration stops before the feedback is found.
            EntropyCoefficient = 0.1,
            LogDeviation = -1,
            // The first episodes diverge; moments that include them would make all later observations and rewards small.
            NormalizeObservations = false,
            ScaleRewards = false,
        }),
        new ReferenceTask("cost-ou", "a mean-reverting price with trading costs", () => new CostlyReversion(),
            Control with { Horizon = 256, Minibatch = 512, Epochs = 4, Hidden = [32, 32], Gamma = 0.95 }),
        new ReferenceTask("regime", "weights of cash and an asset in two market states", () => new RegimeSwitch(),
            Short with { Horizon = 256, Minibatch = 512, Hidden = [16], LearningRate = 0.005, Gamma = 0, EntropyCoefficient = 0 }));

    // Few decisions, small networks.
    private static PpoSettings Short => new()
    {
        Horizon = 64,
        Hidden = [32, 32],
        LearningRate = 0.003,
        EntropyCoefficient = 0.01,
    };

    private static PpoSettings Control => new() { Epochs = 10, LearningRate = 0.001 };

    // A decision does not affect later rewards, and much noise must be averaged.
    private static PpoSettings Myopic => new() { Environments = 64, Horizon = 256, Minibatch = 4096, Hidden = [8], Gamma = 0 };

    private static Catalogue<ReferenceTask> Build(params ReadOnlySpan<ReferenceTask> tasks)
    {
        var builder = new CatalogueBuilder<ReferenceTask>("environment");
        foreach (var task in tasks) builder.Add(task.Name, task, task.Make().GetType().Name);
        return builder.Build();
    }
}
