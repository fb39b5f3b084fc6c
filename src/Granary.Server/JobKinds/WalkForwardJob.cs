using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;

namespace Granary.Server.JobKinds;

/// <summary>A job that runs a walk-forward over a batch file.</summary>
internal sealed class WalkForwardJob(JobText text, BatchSpec spec) : Job(text, spec.Name + "-walkforward")
{
    public override BatchSpec SpreadBatch => spec;

    public override double Work => BatchWork.Estimate(spec);

    public override Task<double> CheckDataAsync(CancellationToken cancellationToken) => BatchDataCheck.RunAsync(spec, cancellationToken);

    public override async Task<IWorkMaker?> PrepareAsync(IBatchHost host, int threads, CancellationToken cancellationToken) =>
        await PreparedWalkForward.OpenAsync(spec, new BatchOpening { Threads = threads }, TimeProvider.System, cancellationToken)
            .ConfigureAwait(false);

    // A search begins again in each window, and the number of windows depends on the bars.
    public override async Task<PlannedTrials?> PlanTrialsAsync(CancellationToken cancellationToken) => !spec.HasSearch
        ? await TrialPlans.OfStrategiesAsync(Text.Kind, spec, cancellationToken).ConfigureAwait(false)
        : throw spec.Strategies.First(s => s.Search is not null).Search!.Fault("the trials of a search in a walk-forward cannot be counted "
            + "before it runs, which limits require; give the parameters as lists, or submit it as kind optimise");

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var progress = RunOutcome.Stages<(int Done, int Windows)>(run,
            p => string.Create(CultureInfo.InvariantCulture, $"{p.Done} of {p.Windows} windows"));
        var options = new BatchOptions
        {
            Out = run.Folder,
            Since = Text.SubmittedAt,
            Resume = run.Resume,
            Attempt = run.Attempt,
            Threads = run.Threads,
        };
        var (made, _) = await new WalkForwardRunner(run.Host, run.Clock, run.Ledger, run.Sources, run.Work)
            .RunAsync(spec, options, progress, cancellationToken).ConfigureAwait(false);
        return RunOutcome.Of(made, cancellationToken);
    }
}

/// <summary>The kind of <see cref="WalkForwardJob"/>.</summary>
internal sealed class WalkForwardKind : RequestKind<BatchRequest>
{
    public override string Name => "walkforward";

    public override bool CountsTrials => true;

    public override string Summary => "Choose parameters on a window of a batch's bars, trade them on the next window, and repeat.";

    protected override Job Read(BatchRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues) =>
        new WalkForwardJob(text, JobRequest.Batch(request.Batch, text, catalogues));
}
