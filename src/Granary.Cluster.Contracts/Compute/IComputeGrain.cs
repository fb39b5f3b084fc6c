using Granary.Cluster.Batches;
using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>The compute threads of one silo; the key is the silo's address, and the grain is always placed there.</summary>
[Alias("granary.IComputeGrain")]
public interface IComputeGrain : IGrainWithStringKey
{
    /// <summary>Starts a strategy group; repeated orders change nothing.</summary>
    [AlwaysInterleave, Alias("Start")]
    Task StartAsync(GroupOrder order);

    /// <summary>Returns the status of the run's strategy groups on this silo.</summary>
    [AlwaysInterleave, Alias("Poll")]
    Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken = default);

    /// <summary>Stops and removes the named strategy groups of a run; null stops all.</summary>
    [AlwaysInterleave, Alias("Stop")]
    Task StopAsync(string run, IReadOnlyList<Guid>? groups);

    /// <summary>Removes strategies from a running group, so that another silo can run them from their first bar.</summary>
    /// <returns>Indices of the removed strategies.</returns>
    [AlwaysInterleave, Alias("GiveUp")]
    Task<int[]> GiveUpAsync(string run, Guid group, int most);

    [AlwaysInterleave, Alias("Describe")]
    Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets the silo take no new strategy groups, or take them again. Groups that run go on.</summary>
    [AlwaysInterleave, Alias("Drain")]
    Task DrainAsync(bool drain);

    /// <summary>Asks the grain of a strategy on this silo; null if the strategy is not running here.</summary>
    [AlwaysInterleave, Alias("Strategy")]
    Task<StrategyStatus?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken = default);

    /// <summary>Stops a strategy on this silo; it fails alone, with this reason.</summary>
    /// <returns>false if the strategy is not running here.</returns>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<bool> StopStrategyAsync(string run, string strategy, string reason);

    /// <summary>Stops the silo's process as SIGTERM does. The answer comes before its end.</summary>
    [AlwaysInterleave, Alias("Retire")]
    Task RetireAsync();
}

/// <summary>A strategy group: strategies of one feed on one silo, which share its blocks, factors and window.</summary>
/// <param name="Feed">Index of the feed in the plan.</param>
/// <param name="Strategies">Indices in the plan, ascending.</param>
/// <param name="Pass">Key of the pass.</param>
/// <param name="Hashes">Content hashes of the bars of its symbols.</param>
/// <param name="Models">Models that filter entries of its strategies.</param>
/// <param name="Changes">Changes of the bars, as in the pass.</param>
/// <param name="Stressed">Whether costs are doubled, as in the pass.</param>
/// <param name="HasEnded">Whether its bars end before those of other markets.</param>
/// <param name="Stopped">Strategies of the run that callers stopped, by id, with the reason; null for none.</param>
[GenerateSerializer, Immutable, Alias("granary.CohortOrder")]
public sealed record GroupOrder(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Run,
    [property: Id(2)] PassKey Pass,
    [property: Id(3)] int Feed,
    [property: Id(4)] int[] Strategies,
    [property: Id(5)] bool WithEvents,
    [property: Id(6)] bool WithFactors,
    [property: Id(7)] IReadOnlyList<string> Hashes,
    [property: Id(8)] IReadOnlyList<ModelUse> Models,
    [property: Id(9)] string Changes = "",
    [property: Id(10)] bool Stressed = false,
    [property: Id(11)] bool HasEnded = false,
    [property: Id(12)] Dictionary<string, string>? Stopped = null);

/// <param name="Threads">Number of compute threads.</param>
/// <param name="Leaving">Whether the silo is shutting down and accepts no work.</param>
[GenerateSerializer, Immutable, Alias("granary.ComputeStatus")]
public sealed record ComputeStatus([property: Id(0)] int Threads, [property: Id(1)] bool Leaving, [property: Id(2)]
    IReadOnlyList<GroupStatus> Groups);

[GenerateSerializer, Alias("granary.CohortState")]
public enum GroupState
{
    Starting = 0,
    Running = 1,

    /// <summary>All strategies have finished; their results are being transferred.</summary>
    Reporting = 2,

    /// <summary>The reporting grain has the results.</summary>
    Done = 3,

    /// <summary>The group failed.</summary>
    Failed = 4,
}

/// <param name="Strategies">Indices of its strategies in the plan.</param>
/// <param name="Evaluations">Bars times strategies so far.</param>
/// <param name="Bars">Bars that all its strategies have processed.</param>
/// <param name="Fault">The fault in one sentence; null without one.</param>
/// <param name="MayPass">Whether another run may succeed.</param>
/// <param name="StartSeconds">Seconds from the order to the first block; 0 before it.</param>
[GenerateSerializer, Immutable, Alias("granary.CohortStatus")]
public sealed record GroupStatus(
    [property: Id(0)] Guid Id,
    [property: Id(1)] PassKey Pass,
    [property: Id(2)] int Feed,
    [property: Id(3)] GroupState State,
    [property: Id(4)] int[] Strategies,
    [property: Id(5)] long Evaluations,
    [property: Id(6)] long Bars,
    [property: Id(7)] string? Fault,
    [property: Id(8)] bool MayPass,
    [property: Id(9)] double StartSeconds);
