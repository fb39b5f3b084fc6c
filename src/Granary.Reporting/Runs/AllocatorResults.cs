using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Weights learned by a policy, and its results against the baselines on later windows.</summary>
internal sealed record AllocatorResults() : ResultSection("allocator")
{
    private protected override JsonSerializerOptions Format => Escaped;

    public required string Rule { get; init; }

    /// <summary>Whether the policy's weights are used.</summary>
    public required bool Promoted { get; init; }

    public required IReadOnlyList<MethodGrowth> Growth { get; init; }

    public required IReadOnlyList<BaselineImprovement> Improvement { get; init; }

    public required IReadOnlyList<BaselineImprovement> ImprovementStressed { get; init; }

    public required IReadOnlyList<AllocatorWindowRow> Windows { get; init; }

    /// <summary>Training curves of the last window, by seed.</summary>
    public required IReadOnlyList<TrainingCurve> Curves { get; init; }

    public required AllocatorWeightRows Weights { get; init; }
}

/// <summary>Growth of a method with its confidence interval.</summary>
internal sealed record MethodGrowth(string Method, double Value, double Low, double High);

/// <summary>The probability that the policy outperforms a baseline, with its confidence interval.</summary>
internal sealed record BaselineImprovement(string Baseline, double Value, double Low, double High);

/// <param name="TrainedFrom">UTC ticks.</param>
/// <param name="ValidatedFrom">UTC ticks: rows from this time on selected one of the seeds.</param>
/// <param name="From">UTC ticks: start of the test; the policy's weights hold from this time on.</param>
/// <param name="To">UTC ticks: end of the test.</param>
/// <param name="Version">The version of the selected policy in its registry, as name:version; null if it was not registered.</param>
internal sealed record AllocatorWindowRow([property: JsonConverter(typeof(TimeOfTicks))] long TrainedFrom,
    [property: JsonConverter(typeof(TimeOfTicks))] long ValidatedFrom, [property: JsonConverter(typeof(TimeOfTicks))] long From,
    [property: JsonConverter(typeof(TimeOfTicks))] long To, IReadOnlyList<string> Strategies, long ChosenSeed,
    IReadOnlyList<AllocatorSeed> Seeds, IReadOnlyList<AllocatorBaseline> Baselines, string? Version);

/// <summary>The updates of one training.</summary>
internal sealed record TrainingCurve(long Seed, IReadOnlyList<TrainingPoint> Points);

/// <summary>The policy of one seed: growth on the validation period, on the test window, and on the window with stressed costs.</summary>
internal sealed record AllocatorSeed(long Seed, string Digest, double Validation, double Test, double Stressed);

internal sealed record AllocatorBaseline(string Name, double Test, double Stressed);

internal sealed record TrainingPoint(long Steps, double Reward, double Entropy, double Kl, double ClipFraction, double ExplainedVariance);

/// <param name="Time">[steps]: UTC ticks.</param>
/// <param name="Values">[steps][strategies].</param>
internal sealed record AllocatorWeightRows(IReadOnlyList<long> Time, IReadOnlyList<string> Strategies, IReadOnlyList<double[]> Values);
