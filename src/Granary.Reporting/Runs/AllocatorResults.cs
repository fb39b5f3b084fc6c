using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Weights learned by a policy, and its results against the baselines on later windows.</summary>
public sealed record AllocatorResults() : ResultSection("allocator")
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
public sealed record MethodGrowth(string Method, double Value, double Low, double High);

/// <summary>The probability that the policy outperforms a baseline, with its confidence interval.</summary>
public sealed record BaselineImprovement(string Baseline, double Value, double Low, double High);

/// <param name="TrainedFrom">UTC ticks.</param>
/// <param name="ValidatedFrom">UTC ticks: rows from this time on selected one of the seeds.</param>
/// <param name="From">UTC ticks: start of the test; the policy's weights hold from this time on.</param>
/// <param name="To">UTC ticks: end of the test.</param>
/// <param name="Version">The version of the selected policy in its registry, as name:version; null if it was not registered.</param>
public sealed record AllocatorWindowRow([property: JsonConverter(typeof(TimeOfTicks))] long TrainedFrom,
    [property: JsonConverter(typeof(TimeOfTicks))] long ValidatedFrom, [property: JsonConverter(typeof(TimeOfTicks))] long From,
    [property: JsonConverter(typeof(TimeOfTicks))] long To, IReadOnlyList<string> Strategies, long ChosenSeed,
    IReadOnlyList<AllocatorSeed> Seeds, IReadOnlyList<AllocatorBaseline> Baselines, string? Version);

/// <summary>The updates of one training.</summary>
public sealed record TrainingCurve(long Seed, IReadOnlyList<TrainingPoint> Points);

/// <summary>The policy of one seed: growth on the validation period, on the test window, and on the window with stressed costs.</summary>
public sealed record AllocatorSeed(long Seed, string Digest, double Validation, double Test, double Stressed);

public sealed record AllocatorBaseline(string Name, double Test, double Stressed);

public sealed record TrainingPoint(long Steps, double Reward, double Entropy, double Kl, double ClipFraction, double ExplainedVariance);

/// <param name="Time">[steps]: UTC ticks.</param>
/// <param name="Values">[steps][strategies].</param>
public sealed record AllocatorWeightRows(IReadOnlyList<long> Time, IReadOnlyList<string> Strategies, IReadOnlyList<double[]> Values);
