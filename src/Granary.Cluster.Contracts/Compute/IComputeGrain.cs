using Granary.Cluster.Batches;
using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>The threads of one silo; the key is the silo's address, and the grain lives there and nowhere else.</summary>
[Alias("granary.IComputeGrain")]
public interface IComputeGrain : IGrainWithStringKey
{
    /// <summary>Begins with strategies of a feed; the same order again changes nothing.</summary>
    [AlwaysInterleave, Alias("Start")]
    Task StartAsync(CohortOrder order);

    /// <summary>How the run's cohorts on this silo are.</summary>
    [AlwaysInterleave, Alias("Poll")]
    Task<ComputeStatus> PollAsync(string run);

    /// <summary>Stops the named cohorts of a run and forgets them; all where none are named.</summary>
    [AlwaysInterleave, Alias("Stop")]
    Task StopAsync(string run, IReadOnlyList<Guid>? cohorts);

    /// <summary>Takes strategies out of a cohort that is under way, so that another silo can run them from their first bar.</summary>
    /// <returns>Indices of those that were given up.</returns>
    [AlwaysInterleave, Alias("GiveUp")]
    Task<int[]> GiveUpAsync(string run, Guid cohort, int most);
}

/// <summary>Strategies of one feed that run on one silo: they share its blocks, its factors and one window over them.</summary>
/// <param name="Feed">Index in the plan.</param>
/// <param name="Strategies">Indices in the plan, rising.</param>
/// <param name="Pass">Its key.</param>
/// <param name="Hashes">Of the bars of its symbols.</param>
/// <param name="Models">That judge its strategies.</param>
/// <param name="Changes">Of the bars, as in the pass.</param>
/// <param name="Stressed">As in the pass.</param>
/// <param name="HasEnded">As in the feed's work.</param>
[GenerateSerializer, Immutable, Alias("granary.CohortOrder")]
public sealed record CohortOrder(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Run,
    [property: Id(2)] string Pass,
    [property: Id(3)] int Feed,
    [property: Id(4)] int[] Strategies,
    [property: Id(5)] bool WithEvents,
    [property: Id(6)] bool WithFactors,
    [property: Id(7)] IReadOnlyList<string> Hashes,
    [property: Id(8)] IReadOnlyList<ModelUse> Models,
    [property: Id(9)] string Changes = "",
    [property: Id(10)] bool Stressed = false,
    [property: Id(11)] bool HasEnded = false);

/// <param name="Threads">That compute.</param>
/// <param name="Leaving">The silo is shutting down and takes no more.</param>
[GenerateSerializer, Immutable, Alias("granary.ComputeStatus")]
public sealed record ComputeStatus([property: Id(0)] int Threads, [property: Id(1)] bool Leaving, [property: Id(2)] IReadOnlyList<CohortStatus> Cohorts);

[GenerateSerializer, Alias("granary.CohortState")]
public enum CohortState
{
    Starting = 0,
    Running = 1,

    /// <summary>All its strategies are through, and their results are being taken.</summary>
    Reporting = 2,

    /// <summary>Its results were taken.</summary>
    Done = 3,

    /// <summary>It could not go on.</summary>
    Failed = 4,
}

/// <param name="Strategies">Indices in the plan.</param>
/// <param name="Evaluations">Bars times strategies so far.</param>
/// <param name="Bars">Bars that all its strategies have seen.</param>
/// <param name="Fault">One sentence, where it failed.</param>
/// <param name="MayPass">Whether running it again may help.</param>
/// <param name="StartSeconds">From the order to the first block; 0 before.</param>
[GenerateSerializer, Immutable, Alias("granary.CohortStatus")]
public sealed record CohortStatus(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Pass,
    [property: Id(2)] int Feed,
    [property: Id(3)] CohortState State,
    [property: Id(4)] int[] Strategies,
    [property: Id(5)] long Evaluations,
    [property: Id(6)] long Bars,
    [property: Id(7)] string? Fault,
    [property: Id(8)] bool MayPass,
    [property: Id(9)] double StartSeconds);
