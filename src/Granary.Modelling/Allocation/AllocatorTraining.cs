using Granary.Learning.Reinforcement.Environments;
using Granary.Learning.Reinforcement.Policies;
using Granary.Learning.Reinforcement.Training;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>Trains the allocator of one window and measures policies and fixed weights on rows that they have not seen.</summary>
internal static class AllocatorTraining
{
    private const int LeastRows = 40;

    /// <summary>
    /// How allocators learn. A weight matters for the trades that are entered with it, so that rewards of a few rows say most about it.
    /// </summary>
    internal static readonly PpoSettings Settings = new()
    {
        Environments = 8,
        Horizon = 64,
        Epochs = 6,
        Hidden = [32, 32],
        LearningRate = 0.005,
        Gamma = 0.9,
        Lambda = 0.8,
        EntropyCoefficient = 0.001,
        TargetKl = 0.05,
        LogDeviation = 0.3,
    };

    /// <summary>Whether a window has enough rows to be trained on and validated with.</summary>
    public static bool IsEnough(AllocatorSpec spec, int rows) =>
        rows * spec.TrainingShare >= LeastRows && rows * (1 - spec.TrainingShare) >= 2;

    /// <summary>The first row of a window's validation.</summary>
    /// <param name="first">The first row of the window.</param>
    /// <param name="last">The row after its last.</param>
    public static int ValidationOf(AllocatorSpec spec, int first, int last) => first + (int)((last - first) * spec.TrainingShare);

    /// <param name="window">Its first row and the row after its last.</param>
    /// <param name="progress">Is given each update, and whether it is the last; null for none.</param>
    public static TrainedAllocator Train(AllocationView view, AllocatorSpec spec, (int First, int Last) window, long seed,
        Action<bool, TrainingCurvePoint>? progress, CancellationToken cancellationToken)
    {
        var cut = ValidationOf(spec, window.First, window.Last);
        IEnvironment Make() => new AllocationEnvironment(view, spec, window.First, cut, spec.Episode);
        using var trainer = new PpoTrainer(Make, Settings, seed, spec.Steps);
        var curve = new List<TrainingCurvePoint>();
        while (trainer.Done < trainer.Updates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            curve.Add(trainer.Next());
            progress?.Invoke(trainer.Done == trainer.Updates, curve[^1]);
        }
        return new TrainedAllocator(seed, trainer.Policy, trainer.Digest, Growth(view, trainer.Policy, spec.Band, (cut, window.Last)),
            curve);
    }

    /// <summary>Log growth of a new account that the policy weighs over some rows.</summary>
    /// <param name="band">Of the weights.</param>
    /// <param name="rows">The first one and the one after the last.</param>
    public static double Growth(AllocationView view, TrainedPolicy policy, double band, (int First, int Last) rows)
    {
        var observation = new double[view.Observer.Size];
        var own = new WeightPolicy(view.Units.Names, view.BaseWeights, policy, band);
        return Growth(view, rows.First, rows.Last, (account, weights) =>
        {
            view.Observe(account, observation);
            own.Decide(observation, weights);
        });
    }

    /// <summary>Log growth of a new account with the same weights at every row.</summary>
    public static double Growth(AllocationView view, double[] weights, int first, int last) =>
        Growth(view, first, last, (_, target) => weights.CopyTo(target, 0));

    private static double Growth(AllocationView view, int first, int last, Action<AllocationAccount, double[]> decide)
    {
        if (last - first < 2) return 0;
        var account = new AllocationAccount(view.Timeline, view.Plan, view.Instruments, view.Units, last - first);
        var weights = new double[view.Units.Count];
        account.Start(first);
        var start = account.Run.Equity;
        while (account.Row < last - 1)
        {
            decide(account, weights);
            account.Decide(weights);
        }
        // An account of which nothing is left.
        return account.Run.Equity > 0 ? Math.Log(account.Run.Equity / start) : Math.Log(1e-6);
    }
}
