using Granary.Cluster.Batches;
using Granary.Contracts.Jobs;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// The progress of a batch, from what the reporting grain has stored and what the silos have computed. Its counts of strategies only grow,
/// and change at most once a second, since each change of them is stored.
/// </summary>
internal sealed class PassProgress(TimeProvider clock)
{
    private static readonly TimeSpan s_counts = TimeSpan.FromSeconds(1);

    // The pass of the progress shown last.
    private PassKey? _shown;
    private long? _countedAt;

    /// <param name="before">The progress shown last.</param>
    /// <param name="ledger">The assignment table of the current pass; null without one.</param>
    public JobProgress After(JobProgress before, ReportingStatus reporting, AssignmentTable? ledger)
    {
        var next = Of(before, reporting, ledger);
        _shown = ledger?.Pass.Key ?? _shown;
        if (HasSameCounts(before, next)) return next;
        if (_countedAt is { } at && clock.GetElapsedTime(at) < s_counts)
            return next with { Strategies = before.Strategies, Done = before.Done, Failed = before.Failed };
        _countedAt = clock.GetTimestamp();
        return next;
    }

    /// <summary>Whether both have the same numbers of strategies: in total, done and failed.</summary>
    public static bool HasSameCounts(JobProgress a, JobProgress b) => (a.Strategies, a.Done, a.Failed) == (b.Strategies, b.Done, b.Failed);

    private JobProgress Of(JobProgress before, ReportingStatus reporting, AssignmentTable? ledger)
    {
        var leaders = reporting.LeadersAfter(before.Leaders);
        var isOfPass = ledger is not null && reporting.Pass == ledger.Pass.Token;
        // A second pass over the weighted strategies, for their events, would look like a restart of the batch.
        if (isOfPass && reporting.IsRepeated)
            return before with
            {
                Done = before.Strategies,
                Bars = Math.Min(reporting.Total, ledger!.Evaluations),
                BarsTotal = reporting.Total,
                Stage = RepeatedProgress.StageOf(reporting.Done, reporting.Strategies),
                Leaders = leaders,
            };
        // After a loss, the pass has the strategies without a stored outcome only.
        if (isOfPass && reporting.Strategies < before.Strategies && (_shown is null || _shown == ledger!.Pass.Key))
            return before with
            {
                Done = Math.Max(before.Done, before.Strategies - reporting.Strategies + reporting.Done),
                Bars = Math.Max(0, before.BarsTotal - Math.Max(0, reporting.Total - ledger!.Evaluations)),
                Stage = ReportingStage.AfterLoss(reporting.Strategies - reporting.Done),
                Leaders = leaders,
            };
        if (isOfPass && reporting.Strategies >= before.Strategies)
        {
            var computed = _shown == ledger!.Pass.Key ? Math.Max(before.Bars, ledger.Evaluations) : ledger.Evaluations;
            // After a loss, outcomes are read again. The counts that callers have seen must not decrease meanwhile.
            return new JobProgress(reporting.Strategies, Math.Max(before.Done, reporting.Done), Math.Max(before.Failed, reporting.Failed),
                Math.Min(reporting.Total, computed), reporting.Total, reporting.Stage)
            { Leaders = leaders };
        }
        return reporting.Stage == ReportingStage.Portfolio
            ? before with { Done = before.Strategies, Bars = before.BarsTotal, Stage = reporting.Stage, Leaders = leaders }
            : before with { Stage = reporting.Stage, Leaders = leaders };
    }
}
