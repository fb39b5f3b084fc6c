using Granary.Learning.Gating;
using Granary.Learning.Retraining;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Learning;

/// <summary>What the retrainings of a strategy's model decided.</summary>
/// <param name="Windows">The versions that were in force, by time.</param>
/// <param name="Log">By time.</param>
/// <param name="InForce">The same versions as the report shows them; their signals are counted when the strategy has run.</param>
/// <param name="Challenged">What challengers predicted of the strategy's signals.</param>
public sealed record RetrainedVersions(IReadOnlyList<ModelWindow> Windows, IReadOnlyList<WatchRecord> Log,
    IReadOnlyList<VersionInForce> InForce, IReadOnlyList<ChallengedSignal> Challenged)
{
    /// <summary>The time whose data the last version in force was trained on, UTC ticks.</summary>
    public long TrainedAt { get; init; }

    /// <summary>How old that version is at the last bar; null where it does not expire.</summary>
    public VersionAge? Age { get; init; }
}
