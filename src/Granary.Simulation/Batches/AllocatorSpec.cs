using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The reward of a policy's step.</summary>
internal enum AllocatorReward
{
    LogGrowth,
    DifferentialSharpe,
}

/// <summary>Settings for learning the weights <c>ppo</c> and <c>adaptive</c>: the batch file's <c>portfolio.allocator</c>.</summary>
internal sealed record AllocatorSpec
{
    /// <summary>Maximum number of strategies that a policy can weigh.</summary>
    public const int MostStrategies = 50;

    [Key("steps of the environment for each seed and training"), Range(1000, int.MaxValue)]
    public long Steps { get; init; } = 30_000;

    [Key("trainings per window, each with another random seed"), Range(1, 1000)]
    public int Seeds { get; init; } = 10;

    [Key("rows in an episode"), Range(10, 100_000)]
    public int Episode { get; init; } = 250;

    [Key("share of a window's rows that trains; the other rows select the best seed"), Range(0.5, 0.95)]
    public double TrainingShare { get; init; } = 0.75;

    [Key("`log-growth`, or `differential-sharpe` (the differential Sharpe ratio)")]
    public AllocatorReward Reward { get; init; }

    [Key("subtracted from the reward per unit of drawdown growth"), Range(0, 100)]
    public double DrawdownPenalty { get; init; } = 0.1;

    [Key("weights stay unchanged if the sum of their changes would not exceed this share of the equity"), Range(0, 1)]
    public double Band { get; init; } = 0.05;

    /// <summary>Folder or database of the registry; null if the file names none.</summary>
    [Key("folder or database of the registry of models", Offers = "registry", Without = "the folder `models`")]
    public Address? Registry { get; init; }

    [Key("how often a live session looks for a newer promoted version of the policy", Without = "never")]
    public CalendarSpan? Refresh { get; init; }

    /// <summary>Returns the registry of a batch in a place; the default registry if the file names none.</summary>
    public Address RegistryUnder(Place place) => Registry ?? ModelStores.Standard(place);

    /// <exception cref="InputException">A key is unknown or a value is invalid.</exception>
    public static AllocatorSpec Read(JsonPart part) => RecordKeys<AllocatorSpec>.Read(part);
}
