using Granary.Learning.Gating;
using Granary.Learning.Retraining;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Learning;

/// <summary>Decisions of the retrainings of a strategy's model.</summary>
/// <param name="Windows">The versions in force, in chronological order.</param>
/// <param name="Log">Decisions in chronological order.</param>
/// <param name="InForce">The same versions for the report; their signals are counted after the strategy has run.</param>
/// <param name="Challenged">Predictions of challengers for the strategy's signals.</param>
internal sealed record RetrainedVersions(IReadOnlyList<ModelWindow> Windows, IReadOnlyList<WatchRecord> Log,
    IReadOnlyList<VersionInForce> InForce, IReadOnlyList<ChallengedSignal> Challenged)
{
    /// <summary>Time of the training of the last version in force, UTC ticks.</summary>
    public long TrainedAt { get; init; }

    /// <summary>Age of that version at the last bar; null if it does not expire.</summary>
    public VersionAge? Age { get; init; }
}
