using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>Trains the allocator of one window and measures policies and fixed weights on rows outside the training.</summary>
internal static class AllocatorTraining
{
    private const int LeastRows = 40;

    /// <summary>
    /// PPO settings of allocators. A weight affects only the trades entered with it, so gamma is low: the rewards of the next few rows
    /// count most.
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

    /// <summary>Whether a window has enough rows for training and validation.</summary>
    public static bool IsEnough(AllocatorSpec spec, int rows) =>
        rows * spec.TrainingShare >= LeastRows && rows * (1 - spec.TrainingShare) >= 2;

    /// <summary>Returns the first validation row of a window, at whose close the training ends.</summary>
    /// <param name="first">The first row of the window.</param>
    /// <param name="last">The row after the last row of the window.</param>
    public static int ValidationOf(AllocatorSpec spec, int first, int last) => first + (int)((last - first) * spec.TrainingShare) - 1;

    /// <param name="window">The first row of the window and the row after its last.</param>
    /// <param name="progress">Receives each update and whether it is the last; null for none.</param>
    public static TrainedAllocator Train(AllocationView view, AllocatorSpec spec, (int First, int Last) window, long seed,
        Action<bool, TrainingCurvePoint>? progress, CancellationToken cancellationToken)
    {
        var cut = ValidationOf(spec, window.First, window.Last);
        IEnvironment Make() => new AllocationEnvironment(view, spec, window.First, cut + 1, spec.Episode);
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

    /// <summary>Returns the log growth of a new account over some rows, with the policy's weights.</summary>
    /// <param name="band">Weights stay unchanged if they would change by no more than this in total.</param>
    /// <param name="rows">The first row and the row after the last.</param>
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

    /// <summary>Returns the log growth of a new account with constant weights.</summary>
    public static double Growth(AllocationView view, double[] weights, int first, int last) =>
        Growth(view, first, last, (_, target) => weights.CopyTo(target, 0));

    private static double Growth(AllocationView view, int first, int last, Action<AllocationAccount, double[]> decide)
    {
        // A row's return to the next row is that of its decision; the last row of the record has none.
        var end = Math.Min(last, view.Timeline.Rows - 1);
        if (end <= first) return 0;
        var account = new AllocationAccount(view.Timeline, view.Plan, view.Instruments, view.Units, last - first);
        var weights = new double[view.Units.Count];
        account.Start(first);
        var start = account.Run.Equity;
        while (account.Row < end)
        {
            decide(account, weights);
            account.Decide(weights);
        }
        // A ruined account counts as a loss of all but one millionth, because the log of 0 is undefined.
        return account.Run.Equity > 0 ? Math.Log(account.Run.Equity / start) : Math.Log(1e-6);
    }
}
