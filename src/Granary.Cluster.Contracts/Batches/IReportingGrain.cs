using Granary.Contracts.Batches;
using Granary.Contracts.Jobs;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;
using Orleans.Concurrency;

namespace Granary.Cluster.Batches;

/// <summary>
/// The results of one run; the key is the run's id. Stores the strategies' reports durably and drops duplicates. When all strategies have
/// reported, it does the work of the embedded host: weights, portfolio pass, checks, digest, the run's folder.
/// </summary>
[Alias("granary.IReportingGrain")]
internal interface IReportingGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the run, or resumes it after a loss, and returns its progress: at once if its revision is not <paramref name="seen"/>, else
    /// when it changes, at the latest after a timer callback of the batch.
    /// </summary>
    /// <param name="stopped">Strategies that were stopped so far, with the reasons.</param>
    /// <param name="seen">Revision of the caller's last answer.</param>
    [AlwaysInterleave, Alias("Begin")]
    Task<ReportingStatus> BeginAsync(IReadOnlyDictionary<string, string> stopped, long seen);

    /// <summary>Stops a strategy: it fails with this reason, and later results of its run are ignored.</summary>
    /// <returns>false if its outcome was stored before, or if the run has no such strategy.</returns>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<bool> StopStrategyAsync(string strategy, string reason);

    /// <summary>Returns the remaining work of the pass in the status; null if the pass has changed.</summary>
    [AlwaysInterleave, Alias("Pass")]
    Task<PassWork?> PassAsync(Guid token, CancellationToken cancellationToken = default);

    /// <summary>Returns a model of the pass with a key; null if a different pass runs.</summary>
    [AlwaysInterleave, Alias("Model")]
    Task<byte[]?> ModelAsync(PassKey key, int number, CancellationToken cancellationToken = default);

    /// <summary>Stores events and outcomes of strategies in the run's folder.</summary>
    [Alias("Report")]
    Task<ReportAnswer> ReportAsync(StrategyReport report);

    /// <summary>Returns a strategy's state from the stored reports; null if the run has no such strategy, or is not open.</summary>
    [AlwaysInterleave, Alias("Strategy")]
    Task<BatchStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken = default);

    /// <summary>Returns the current state of the run's portfolio; null before the portfolio pass.</summary>
    [AlwaysInterleave, Alias("Portfolio")]
    Task<BatchPortfolio?> PortfolioAsync(CancellationToken cancellationToken = default);

    /// <summary>Cancels the run and releases its folder.</summary>
    [Alias("Cancel")]
    Task CancelAsync();

    /// <summary>Makes a cancelled run ready to begin again, when its last attempt has released the folder.</summary>
    [Alias("Reopen")]
    Task ReopenAsync();

    /// <summary>Deletes the run's folder and the grain's state. The run has ended.</summary>
    [Alias("Remove")]
    Task RemoveAsync();

    /// <summary>Returns a part of a file of the run; null if there is no such file.</summary>
    [AlwaysInterleave, Alias("ReadFile")]
    Task<FilePart?> ReadFileAsync(string name, long offset, int most, CancellationToken cancellationToken = default);
}

[GenerateSerializer, Alias("granary.ReportAnswer")]
internal enum ReportAnswer
{
    /// <summary>
    /// The report is in the files of the run, and survives the end of the process. It is not flushed: after a power cut the run finds what
    /// is missing, and computes it again.
    /// </summary>
    Taken = 0,

    /// <summary>The run is being opened again; the sender retries.</summary>
    NotYet = 1,

    /// <summary>Earlier events of these strategies are missing; they must run again from the first bar.</summary>
    Incomplete = 2,

    /// <summary>The run is over; the report is not needed.</summary>
    Over = 3,
}

/// <summary>The progress of a run's reporting.</summary>
/// <param name="Stage">The current stage in one word.</param>
/// <param name="Pass">Token of the current pass; null without one.</param>
/// <param name="Done">Strategies of the pass with results.</param>
/// <param name="Failed">Number of failed strategies.</param>
/// <param name="Strategies">Number of strategies of the pass.</param>
/// <param name="Total">Bars times strategies of the pass.</param>
/// <param name="End">The run's end; null before it.</param>
/// <param name="Revision">Changes with the stage, the pass and the end.</param>
/// <param name="IsRepeated">Whether the strategies of the pass ran before, and run again for their events.</param>
/// <param name="Leaders">The best strategies so far, the best first; null if none has finished, or if the job has no leaders.</param>
[GenerateSerializer, Immutable, Alias("granary.ReportingStatus")]
internal sealed record ReportingStatus(
    [property: Id(0)] string Stage,
    [property: Id(1)] Guid? Pass,
    [property: Id(2)] int Done,
    [property: Id(3)] int Failed,
    [property: Id(4)] int Strategies,
    [property: Id(5)] long Total,
    [property: Id(6)] RunEnd? End,
    [property: Id(7)] long Revision,
    [property: Id(8)] IReadOnlyList<StrategyLeader>? Leaders = null,
    [property: Id(9)] bool IsRepeated = false)
{
    /// <summary>Returns the leaders. If they are unchanged, returns the same list: a new one would mark the batch as changed.</summary>
    public IReadOnlyList<StrategyLeader>? LeadersAfter(IReadOnlyList<StrategyLeader>? before) =>
        Leaders is null || before is not null && before.SequenceEqual(Leaders) ? before : Leaders;
}

/// <summary>A chunk of complete events of one strategy.</summary>
/// <param name="Chunk">Number of the chunk, from 0. A replayed strategy gives the same bytes.</param>
[GenerateSerializer, Immutable, Alias("granary.EventChunk")]
internal readonly record struct EventChunk([property: Id(0)] int Strategy, [property: Id(1)] int Chunk, [property: Id(2)] byte[] Events);

/// <summary>A report of strategies: events, and outcomes after the last of them.</summary>
/// <param name="Pass">Key of the pass.</param>
/// <param name="Tallies">For each outcome, the numbers of its strategy's events.</param>
[GenerateSerializer, Immutable, Alias("granary.StrategyReport")]
internal sealed record StrategyReport(
    [property: Id(0)] PassKey Pass,
    [property: Id(1)] IReadOnlyList<EventChunk> Events,
    [property: Id(2)] IReadOnlyList<StrategyOutcome> Outcomes,
    [property: Id(3)] IReadOnlyList<EventTally> Tallies);

/// <param name="Length">Length of the whole file, bytes.</param>
[GenerateSerializer, Immutable, Alias("granary.FilePart")]
internal sealed record FilePart([property: Id(0)] byte[] Bytes, [property: Id(1)] long Length);
