using Granary.Contracts.Jobs;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Log messages of a batch's control.</summary>
internal static partial class BatchMessages
{
    [LoggerMessage(1, LogLevel.Information, "Accepted run {RunId} of batch {Batch} for {SubmittedBy}")]
    public static partial void Taken(ILogger logger, string runId, string batch, string submittedBy);

    [LoggerMessage(6, LogLevel.Information, "Run {RunId} is controlled by this silo")]
    public static partial void Resumed(ILogger logger, string runId);

    [LoggerMessage(2, LogLevel.Information, "Run {RunId}: pass {Pass} has {Strategies} strategies on {Feeds} feeds for {Silos} silos")]
    public static partial void PassBegins(ILogger logger, string runId, string pass, int strategies, int feeds, int silos);

    [LoggerMessage(3, LogLevel.Warning,
        "Run {RunId}: silo {Silo} is lost with {Groups} strategy groups; strategies without a result run again")]
    public static partial void SiloLost(ILogger logger, string runId, string silo, int groups);

    [LoggerMessage(4, LogLevel.Warning, "Run {RunId}: {Reason}; retrying")]
    public static partial void TimerFailed(ILogger logger, string runId, string reason, Exception exception);

    [LoggerMessage(5, LogLevel.Information, "Run {RunId} ended as {State}, digest {Digest}, fault {Fault}")]
    public static partial void EndedAs(ILogger logger, string runId, JobState state, string? digest, string? fault);
}
