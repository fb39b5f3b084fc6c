using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Budgets;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.JobKinds;

/// <summary>A job that judges a run on the bars that its batch held out. Its result is the file <c>result.json</c>.</summary>
internal sealed class JudgeJob(JobText text, HoldoutRequest request, GranaryCatalogues catalogues) : Job(text, "judge")
{
    public override IReadOnlyList<string> Runs => [request.Run];

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        var id = Path.GetFileName(run.Folder);
        var judged = await new HoldoutJudge(run.Runs, catalogues, run.Host, run.Clock).JudgeAsync(request, $"the job {id}", id,
            RunOutcome.Relay(run), cancellationToken).ConfigureAwait(false);
        await ResultFile.WriteAsync(run.Folder, JsonSerializer.Serialize(judged, ResultFile.Json), cancellationToken).ConfigureAwait(false);
        return new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0);
    }
}

/// <summary>The kind of <see cref="JudgeJob"/>.</summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class JudgeKind(string runs) : RequestKind<HoldoutRequest>
{
    public override string Name => "judge";

    public override string Summary => "Judge a finished run once on the bars that its batch held out.";

    public override string? RefusalOf(string key, RunSummary run, IReadOnlyList<string> chosen, GranaryCatalogues catalogues) =>
        run.Deployable ? FaultOf(run.Id) : HoldoutJudge.NothingToTrade(run.Id);

    protected override Job Read(HoldoutRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues) =>
        new JudgeJob(text, request with { Run = Checked(body.Need("run")) }, catalogues);

    private string Checked(JsonPart part)
    {
        var run = JobRequest.Run(part, runs);
        return FaultOf(run) is { } fault ? throw part.Fault(fault) : run;
    }

    // The job itself says what is wrong with a manifest.
    private string? FaultOf(string run)
    {
        try
        {
            return RunManifest.Read(Path.Combine(runs, run)).HoldsOut ? null : HoldoutJudge.NothingHeldOut(run);
        }
        catch (InputException)
        {
            return null;
        }
    }
}
