using Granary.Backtesting.Runs;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>A job that runs the searches of a batch file.</summary>
internal sealed class OptimiseJob(JobText text, BatchSpec spec) : Job(text, spec.Name)
{
    public override BatchSpec SpreadBatch => spec;

    public override double Work => BatchWork.Estimate(spec);

    public override Task<double> CheckDataAsync(CancellationToken cancellationToken) =>
        BatchDataCheck.RunAsync(spec, cancellationToken, withSearches: true);

    public override async Task<PlannedTrials?> PlanTrialsAsync(CancellationToken cancellationToken) =>
        await TrialPlans.OfStrategiesAsync(Text.Kind, spec, cancellationToken).ConfigureAwait(false);

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var options = RunOutcome.OptionsOf(run, Text) with { Optimises = true };
        var done = await new BatchRunner(run.Host, run.Clock, run.Sources, run.Ledger)
            .RunAsync(spec, options, RunOutcome.Relay(run, run.Leaders), cancellationToken).ConfigureAwait(false);
        return RunOutcome.Of(done, cancellationToken);
    }
}

/// <summary>The kind of <see cref="OptimiseJob"/>.</summary>
internal sealed class OptimiseKind : RequestKind<BatchRequest>
{
    public override string Name => "optimise";

    public override bool CountsTrials => true;

    public override string Summary => "Search the parameters of a batch's strategies, and run the best of them as a portfolio.";

    protected override Job Read(BatchRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = JobRequest.Batch(request.Batch, text, catalogues);
        ParameterSearchBatch.Check(spec);
        return new OptimiseJob(text, spec);
    }
}
