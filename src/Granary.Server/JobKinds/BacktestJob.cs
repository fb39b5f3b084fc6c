using Granary.Backtesting.Runs;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>A job that runs a batch file.</summary>
internal sealed class BacktestJob : Job
{
    /// <param name="spec">The validated batch, whose text is the job's.</param>
    public BacktestJob(BatchSpec spec) : this(
        new JobText(JobCatalogue.Backtest, spec.Text, spec.Data.Place.File, spec.Place.KeptFolder), spec)
    {
    }

    internal BacktestJob(JobText text, BatchSpec spec) : base(text, spec.Name) => Spec = spec;

    public BatchSpec Spec { get; }

    /// <summary>The id of an earlier run whose model versions are used without training; null = models are trained.</summary>
    public string? ModelsOf { get; init; }

    public override IReadOnlyList<string> Runs => ModelsOf is { } earlier ? [earlier] : [];

    public override BatchSpec SpreadBatch => Spec;

    public override double Work => BatchWork.Estimate(Spec);

    public override Task<double> CheckDataAsync(CancellationToken cancellationToken) => BatchDataCheck.RunAsync(Spec, cancellationToken);

    public override async Task<PlannedTrials?> PlanTrialsAsync(CancellationToken cancellationToken) =>
        await TrialPlans.OfStrategiesAsync(Text.Kind, Spec, cancellationToken).ConfigureAwait(false);

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var runner = new BatchRunner(run.Host, run.Clock, run.Sources, run.Ledger);
        var options = RunOutcome.OptionsOf(run, Text) with
        {
            ModelsOf = ModelsOf is { } earlier ? Path.Combine(run.Runs, earlier) : null,
        };
        var done = await runner.RunAsync(Spec, options, RunOutcome.Relay(run, run.Leaders), cancellationToken).ConfigureAwait(false);
        return RunOutcome.Of(done, cancellationToken);
    }
}

/// <summary>The kind of <see cref="BacktestJob"/>.</summary>
internal sealed class BacktestKind : JobKind
{
    public override string Name => JobCatalogue.Backtest;

    public override bool CountsTrials => true;

    public override string Summary => "Run a batch file.";

    // The text of a backtest is the batch itself; POST /jobs takes it out of its request.
    public override IReadOnlyList<RecordKey> Keys => RecordKeys<BatchRequest>.All;

    public override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var spec = new BatchReader(catalogues).Read(text.File, text.Body, text.Folder);
        BatchWork.Check(spec);
        BatchPlan.RefuseSearch(spec);
        return new BacktestJob(text, spec);
    }
}
