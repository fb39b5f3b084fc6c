using Granary.Backtesting.Verification;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Causality;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>A job that repeats a finished run of the server and checks it for look-ahead. Its result is the file
/// <c>result.json</c>.</summary>
/// <param name="verified">The id of the run.</param>
/// <param name="effort">The effort of the look-ahead check.</param>
internal sealed class VerifyJob(JobText text, string verified, LookAheadEffort effort, GranaryCatalogues catalogues) : Job(text, "verify")
{
    public override IReadOnlyList<string> Runs => [verified];

    public override async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        // With another block size than the run, and only in this process.
        var host = new EmbeddedHost(run.Threads, VerifyRun.BlockSize);
        var result = await VerifyRun.RunAsync(Path.Combine(run.Runs, verified), catalogues, host, run.Clock, effort,
            RunOutcome.Relay(run), cancellationToken).ConfigureAwait(false);
        await ResultFile.WriteAsync(run.Folder, VerificationJson.Write(result), cancellationToken).ConfigureAwait(false);
        return new JobOutcome(result.Actual, null, run.Clock.GetElapsedTime(started).TotalSeconds, result.Causality.Strategies, 0);
    }
}

/// <summary>The kind of <see cref="VerifyJob"/>.</summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class VerifyKind(string runs) : JobKind
{
    public override string Name => "verify";

    public override string Summary => "Run a finished run of this server again, compare the digests, and search for look-ahead.";

    public override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var body = JobRequest.Only(text, catalogues, "run", "sample", "cuts");
        return new VerifyJob(text, JobRequest.Run(body, "run", runs), LookAheadEffort.OfCuts(body.Find("sample")?.Whole(1) ?? int.MaxValue,
            body.Find("cuts")?.Whole(1, 1000) ?? 12),
            // The batch of the run was checked against the confinement when it was submitted.
            catalogues with { Confinement = null });
    }
}
