using Granary.Application.Jobs;
using Granary.Cluster.Batches;

namespace Granary.Cluster.Grains.Batches;

/// <summary>The progress of a batch, from what the reporting grain has stored and what the silos have computed.</summary>
internal static class PassProgress
{
    /// <param name="before">The progress shown last.</param>
    /// <param name="ledger">The assignment table of the current pass; null without one.</param>
    /// <param name="shown">Key of the pass of the progress shown last.</param>
    public static JobProgress Of(JobProgress before, ReportingStatus reporting, AssignmentTable? ledger, PassKey? shown)
    {
        var leaders = reporting.LeadersAfter(before.Leaders);
        // A second pass over the weighted strategies, for their events, would look like a restart of the batch.
        if (ledger is not null && reporting.Pass == ledger.Pass.Token && reporting.Strategies >= before.Strategies)
        {
            var computed = shown == ledger.Pass.Key ? Math.Max(before.Bars, ledger.Evaluations) : ledger.Evaluations;
            return new JobProgress(reporting.Strategies, reporting.Done, reporting.Failed, Math.Min(reporting.Total, computed),
                reporting.Total, reporting.Stage)
            { Leaders = leaders };
        }
        return reporting.Stage == ReportingStage.Portfolio
            ? before with { Done = before.Strategies, Bars = before.BarsTotal, Stage = reporting.Stage, Leaders = leaders }
            : before with { Stage = reporting.Stage, Leaders = leaders };
    }
}
