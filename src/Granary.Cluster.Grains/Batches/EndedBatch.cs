using Granary.Cluster.Batches;
using Granary.Contracts.Jobs;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Computes the status of a batch after its run has ended, and when a cancelled batch is resumed.</summary>
internal static class EndedBatch
{
    public static JobStatus StatusOf(JobStatus status, RunEnd end, ReportingStatus reporting) => end.Fault is { } fault
        ? status with { State = JobState.Failed, Fault = fault, WrongInput = end.WrongInput }
        : status with
        {
            State = JobState.Done,
            Digest = end.Digest,
            Trades = end.Digest is null ? null : end.Trades,
            Seconds = end.Seconds,
            Files = end.Files,
            Progress = status.Progress with
            {
                Strategies = end.Strategies,
                Done = end.Strategies,
                Failed = end.Failed,
                Bars = end.Evaluations ?? status.Progress.BarsTotal,
                BarsTotal = end.Evaluations ?? status.Progress.BarsTotal,
                Leaders = reporting.LeadersAfter(status.Progress.Leaders),
                Stage = null
            },
        };

    /// <summary>Returns a report in which these strategies failed, since their silo was lost each time that they ran.</summary>
    public static StrategyReport Deadly(PassKey pass, IReadOnlyList<int> strategies) => new(pass, [],
        [.. strategies.Select(i => new StrategyOutcome(i, null, 0, 0, 0,
            "its silo was lost each time that it ran, at last with this strategy alone"))],
        [.. strategies.Select(_ => default(EventTally))]);

    /// <summary>Removes all state of a batch from the cluster; its own state last, so an interrupted removal is repeated.</summary>
    public static async Task RemoveAsync(IGrainFactory grains, string run, string? key, Func<Task> clear)
    {
        await grains.GetGrain<IReportingGrain>(run).RemoveAsync();
        if (key is not null) await grains.GetGrain<IIdempotencyGrain>(key).ReleaseAsync(run);
        await grains.GetGrain<IJobListGrain>(IJobListGrain.Key).RemoveAsync(run);
        await clear();
    }

    public static JobStatus QueuedAgain(JobStatus ended) => ended with
    {
        State = JobState.Queued,
        StartedAt = null,
        FinishedAt = null,
        Fault = null,
        Progress = JobProgress.None,
        Revision = ended.Revision + 1,
    };
}
