using Granary.Engine.Market;
using Granary.Learning.Linear;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Logistic regression that waits before it fits, so that an experiment is in its middle for as long as a test looks at it.
/// </summary>
/// <param name="gateAt">Number of the gate; 0 is none.</param>
[Trainer("held", "Logistic regression that minds a gate.")]
public sealed class HeldTrainer([Range(1e-9, 1e9)] double c = 1, [Range(0, 100_000)] int gateAt = 0) : ITrainer
{
    /// <summary>The gates of all clusters of this process: trainers are given no services.</summary>
    internal static Gates Gates { get; } = new();

    public string Name => "held";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        Gates.Pass(gateAt, gateAt);
        return new LogisticTrainer(c).Train(set, options);
    }
}
