using Granary.Backtesting.FactorStudies;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Server.JobKinds;

/// <summary>A job that studies factors. Its results are study.json, study.html and tables.</summary>
internal sealed class FactorStudyJob(JobText text, FactorStudySpec spec) : Job(text, JobName)
{
    public const string JobName = "study";

    public override async Task<double> CheckDataAsync(CancellationToken cancellationToken)
    {
        try
        {
            var source = BatchSources.Open(spec.Catalogues, spec.Data);
            var symbols = await BatchSources.SymbolsAsync(source, spec.Data, cancellationToken).ConfigureAwait(false);
            await using var first = await source.OpenAsync(new BarQuery(symbols[0], spec.Data.Timeframe, spec.Data.From, spec.Data.To),
                cancellationToken).ConfigureAwait(false);
            CheckGroup();
            return 0;
        }
        catch (BarDataException e) when (e.Line is null)
        {
            throw spec.Data.Place.Fault(e.Message, e);
        }
    }

    private void CheckGroup()
    {
        if (spec.Keys.Group is not { } group) return;
        try
        {
            GroupFile.Read(group);
        }
        catch (InputException e)
        {
            throw JsonPart.Parse(Text.File, Text.Body).Need("group").Placed(e);
        }
    }

    public override async Task<PlannedTrials?> PlanTrialsAsync(CancellationToken cancellationToken) => await TrialPlans
        .OfFactorsAsync(spec, JsonPart.Parse(Text.File, Text.Body).Find("universe")?.ToJson(), cancellationToken).ConfigureAwait(false);

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        var study = await new FactorStudyRun(run.Threads, run.Ledger)
            .RunAsync(spec, RunOutcome.Stages<string>(run, stage => stage), cancellationToken).ConfigureAwait(false);
        var results = study.Results with
        {
            Notes = [.. study.Results.Notes.Select(spec.Catalogues.Shown)],
            Source = spec.Catalogues.Shown(study.Results.Source),
        };
        FactorStudyFiles.Write(run.Folder, study with { Results = results });
        return new JobOutcome(results.Digest, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0);
    }
}

/// <summary>The kind of <see cref="FactorStudyJob"/>.</summary>
internal sealed class FactorStudyKind : RequestKind<FactorStudyKeys>
{
    public override string Name => FactorStudyJob.JobName;

    public override bool CountsTrials => true;

    public override string Summary => "Test whether factors order the later returns of symbols.";

    protected override Job Read(FactorStudyKeys request, JsonPart body, JobText text, GranaryCatalogues catalogues) =>
        new FactorStudyJob(text, FactorStudySpec.Of(request, body, catalogues));
}
