using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>How the weights <c>ppo</c> and <c>adaptive</c> are learned: the batch file's <c>portfolio.allocator</c>.</summary>
public sealed record AllocatorSpec
{
    /// <summary>The most strategies that are given weights.</summary>
    public const int MostStrategies = 50;

    /// <summary>Steps of the environment for each seed and training.</summary>
    public long Steps { get; init; } = 30_000;

    /// <summary>Trainings of each window, with different random numbers.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Rows of an episode.</summary>
    public int Episode { get; init; } = 250;

    /// <summary>Part of a window that is trained on; the rest chooses among the seeds.</summary>
    public double TrainingShare { get; init; } = 0.75;

    /// <summary>Whether the reward is the differential Sharpe ratio instead of the log growth.</summary>
    public bool RewardsSharpe { get; init; }

    /// <summary>Taken off the reward for each unit by which the drawdown grows.</summary>
    public double DrawdownPenalty { get; init; } = 0.1;

    /// <summary>Weights stay where they would change by no more than this in sum, as a share of the equity.</summary>
    public double Band { get; init; } = 0.05;

    /// <summary>The folder or database of versions; null where the file names none.</summary>
    public Address? Registry { get; init; }

    /// <summary>How often a session that trades the policy looks for a newer promoted version; null = never.</summary>
    public CalendarSpan? Refresh { get; init; }

    /// <summary>The registry of a batch in a folder.</summary>
    public Address RegistryUnder(string folder) => Registry ?? ModelStores.Standard(new Place(folder));

    /// <exception cref="InputException">A value is wrong.</exception>
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
