using Granary.Backtesting.Runs;
using Granary.Modelling.Weighting;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>A job that runs a batch whose weights a policy learns.</summary>
internal sealed class ReinforceJob(JobText text, BatchSpec spec) : Job(text, spec.Name + "-reinforce")
{
    public override double Work => BatchWork.Estimate(spec);

    public override double Memory => BatchWork.MemoryOf(spec);

    public override Task<double> CheckDataAsync(CancellationToken cancellationToken) => BatchDataCheck.RunAsync(spec, cancellationToken);

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var options = new BatchOptions { Out = run.Folder, Since = Text.SubmittedAt, Resume = run.Resume, Threads = run.Threads };
        return RunOutcome.Of(await new BatchRunner(run.Host, run.Clock, run.Sources, run.Ledger)
            .RunAsync(spec, options, RunOutcome.Relay(run), cancellationToken).ConfigureAwait(false), cancellationToken);
    }
}

/// <summary>The kind of <see cref="ReinforceJob"/>.</summary>
internal sealed class ReinforceKind : RequestKind<BatchRequest>
{
    public override string Name => "reinforce";

    public override string Summary => "Train the allocator of a batch, judge it on later windows, and register its versions.";

    protected override Job Read(BatchRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = JobRequest.Batch(request.Batch, text, catalogues);
        LearnedWeights.Require(spec, text.File);
        return new ReinforceJob(text, spec);
    }
}
