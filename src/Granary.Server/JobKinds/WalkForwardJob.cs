using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>A job that runs a walk-forward over a batch file.</summary>
internal sealed class WalkForwardJob(JobText text, BatchSpec spec) : Job(text, spec.Name + "-walkforward")
{
    public override double Work => BatchWork.Estimate(spec);

    public override Task CheckDataAsync(CancellationToken cancellationToken) => BatchDataCheck.RunAsync(spec, cancellationToken);

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var progress = RunOutcome.Stages<(int Done, int Windows)>(run,
            p => string.Create(CultureInfo.InvariantCulture, $"{p.Done} of {p.Windows} windows"));
        var (made, _) = await new WalkForwardRunner(run.Clock, run.Ledger, run.Sources)
            .RunAsync(spec, new BatchOptions { Out = run.Folder, Since = Text.SubmittedAt, Threads = run.Threads }, progress,
                cancellationToken).ConfigureAwait(false);
        return RunOutcome.Of(made, cancellationToken);
    }
}

/// <summary>The kind of <see cref="WalkForwardJob"/>.</summary>
internal sealed class WalkForwardKind : RequestKind<BatchRequest>
{
    public override string Name => "walkforward";

    public override string Summary => "Choose parameters on a window of a batch's bars, trade them on the next window, and repeat.";

    protected override Job Read(BatchRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues) =>
        new WalkForwardJob(text, JobRequest.Batch(request, text, catalogues));
}
