using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>Settings for learning the weights <c>ppo</c> and <c>adaptive</c>: the batch file's <c>portfolio.allocator</c>.</summary>
public sealed record AllocatorSpec
{
    /// <summary>Maximum number of strategies that a policy can weigh.</summary>
    public const int MostStrategies = 50;

    /// <summary>Steps of the environment for each seed and training.</summary>
    public long Steps { get; init; } = 30_000;

    /// <summary>Number of trainings per window; each uses a different random seed.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Number of rows in an episode.</summary>
    public int Episode { get; init; } = 250;

    /// <summary>Share of a window's rows that trains. The other rows select the best seed.</summary>
    public double TrainingShare { get; init; } = 0.75;

    /// <summary>Whether the reward is the differential Sharpe ratio instead of the log growth.</summary>
    public bool RewardsSharpe { get; init; }

    /// <summary>Penalty subtracted from the reward per unit of drawdown growth.</summary>
    public double DrawdownPenalty { get; init; } = 0.1;

    /// <summary>Weights stay unchanged if the sum of their changes would not exceed this share of the equity.</summary>
    public double Band { get; init; } = 0.05;

    /// <summary>Folder or database of the registry; null if the file names none.</summary>
    public Address? Registry { get; init; }

    /// <summary>Interval at which a live session checks for a newer promoted version of the policy; null = never.</summary>
    public CalendarSpan? Refresh { get; init; }

    /// <summary>Returns the registry of a batch in a place; the default registry if the file names none.</summary>
    public Address RegistryUnder(Place place) => Registry ?? ModelStores.Standard(place);

    /// <exception cref="InputException">A key is unknown or a value is invalid.</exception>
    public static AllocatorSpec Read(JsonPart part)
    {
        part.Only("steps", "seeds", "episode", "trainingShare", "reward", "drawdownPenalty", "band", "registry", "refresh");
        var standard = new AllocatorSpec();
        return new AllocatorSpec
        {
            Steps = part.Find("steps")?.Whole(1000, int.MaxValue) ?? standard.Steps,
            Seeds = part.Find("seeds")?.Whole(1, 1000) ?? standard.Seeds,
            Episode = part.Find("episode")?.Whole(10, 100_000) ?? standard.Episode,
            TrainingShare = part.Find("trainingShare")?.Number(0.5, 0.95) ?? standard.TrainingShare,
            RewardsSharpe = part.Find("reward")?.Choice(("log-growth", false), ("differential-sharpe", true)) ?? false,
            DrawdownPenalty = part.Find("drawdownPenalty")?.Number(0, 100) ?? standard.DrawdownPenalty,
            Band = part.Find("band")?.Number(0, 1) ?? standard.Band,
            Registry = part.Find("registry") is null ? null : ModelStores.Read(part),
            Refresh = part.Find("refresh") is { } refresh ? RebalanceSpec.Span(refresh) : null,
        };
    }
}
