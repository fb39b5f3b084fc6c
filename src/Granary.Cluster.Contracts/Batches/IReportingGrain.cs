using Granary.Application.Simulation;
using Orleans.Concurrency;

namespace Granary.Cluster.Batches;

/// <summary>
/// The results of one run; the key is the run's id. Takes what strategies report, each once however often it is sent, keeps it durably, and when
/// all have reported does what the embedded host does: weights, portfolio pass, digest, the run's folder.
/// </summary>
[Alias("granary.IReportingGrain")]
public interface IReportingGrain : IGrainWithStringKey
{
    /// <summary>Begins with the run, or goes on with it after a loss; asked again it tells how far it is.</summary>
    [AlwaysInterleave, Alias("Begin")]
    Task<ReportingStatus> BeginAsync(BatchOrder order);

    /// <summary>What is still to be run of the pass that the status names; null where that has changed.</summary>
    [AlwaysInterleave, Alias("Pass")]
    Task<PassOrder?> PassAsync(Guid token);

    /// <summary>A model of the pass of a key; null where that is not the pass any more.</summary>
    [AlwaysInterleave, Alias("Model")]
    Task<byte[]?> ModelAsync(string key, int number);

    /// <summary>Takes events and outcomes of strategies. <see cref="ReportAnswer.Taken"/> means durable.</summary>
    [Alias("Report")]
    Task<ReportAnswer> ReportAsync(StrategyReport report);

    /// <summary>Ends the run early and lets go of its folder.</summary>
    [Alias("Cancel")]
    Task CancelAsync();

    /// <summary>A stretch of one of the run's files; null where there is no such file.</summary>
    [AlwaysInterleave, Alias("ReadFile")]
    Task<FilePart?> ReadFileAsync(string name, long offset, int most);
}

[GenerateSerializer, Alias("granary.ReportAnswer")]
public enum ReportAnswer
{
    /// <summary>It is durable, or was before.</summary>
    Taken = 0,

    /// <summary>The run is being opened again: send it once more in a moment.</summary>
    NotYet = 1,

    /// <summary>Earlier events of these strategies are not here: run them again from the first bar.</summary>
    Incomplete = 2,

    /// <summary>Nobody wants it any more.</summary>
    Over = 3,
}

/// <summary>Where the reporting of a run stands.</summary>
/// <param name="Stage">A word for what is being done.</param>
/// <param name="Pass">The token of the pass that strategies are wanted for; null where none are.</param>
/// <param name="Done">Strategies of the pass whose results are in.</param>
/// <param name="Failed">Of them, those that failed alone.</param>
/// <param name="Strategies">Of the pass.</param>
/// <param name="Total">Bars times strategies of the pass.</param>
/// <param name="End">How it ended; null while it has not.</param>
[GenerateSerializer, Immutable, Alias("granary.ReportingStatus")]
public sealed record ReportingStatus(
    [property: Id(0)] string Stage,
    [property: Id(1)] Guid? Pass,
    [property: Id(2)] int Done,
    [property: Id(3)] int Failed,
    [property: Id(4)] int Strategies,
    [property: Id(5)] long Total,
    [property: Id(6)] RunEnd? End);

/// <summary>Whole events of one strategy.</summary>
/// <param name="Chunk">Its number, from 0: chunk n of a replayed strategy is the same bytes again.</param>
[GenerateSerializer, Immutable, Alias("granary.EventChunk")]
public readonly record struct EventChunk([property: Id(0)] int Strategy, [property: Id(1)] int Chunk, [property: Id(2)] byte[] Events);

/// <summary>What strategies have to report: events as they gather, outcomes behind the last of them.</summary>
/// <param name="Pass">Its key.</param>
/// <param name="Chunks">For each outcome, how many chunks of events its strategy had in all.</param>
[GenerateSerializer, Immutable, Alias("granary.StrategyReport")]
public sealed record StrategyReport(
    [property: Id(0)] string Pass,
    [property: Id(1)] IReadOnlyList<EventChunk> Events,
    [property: Id(2)] IReadOnlyList<StrategyOutcome> Outcomes,
    [property: Id(3)] IReadOnlyList<int> Chunks);

/// <param name="Length">Of the whole file, bytes.</param>
[GenerateSerializer, Immutable, Alias("granary.FilePart")]
public sealed record FilePart([property: Id(0)] byte[] Bytes, [property: Id(1)] long Length);
