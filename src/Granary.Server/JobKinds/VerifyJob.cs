using Granary.Backtesting.Verification;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>A job that repeats a finished run of the server and checks it for look-ahead. Its result is the file
/// <c>result.json</c>.</summary>
/// <param name="verified">The id of the run.</param>
/// <param name="effort">The effort of the look-ahead check.</param>
internal sealed class VerifyJob(JobText text, string verified, LookAheadEffort effort, GranaryCatalogues catalogues) : Job(text, "verify")
{
    public override IReadOnlyList<string> Runs => [verified];

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        // With another block size than the run, and only in this process.
        var host = new EmbeddedHost(run.Threads, VerifyRun.BlockSize);
        var result = await VerifyRun.RunAsync(Path.Combine(run.Runs, verified), catalogues, host, run.Clock, effort,
            RunOutcome.Relay(run), cancellationToken).ConfigureAwait(false);
        await ResultFile.WriteAsync(run.Folder, VerificationJson.Write(result), cancellationToken).ConfigureAwait(false);
        return new JobOutcome(result.Actual, null, run.Clock.GetElapsedTime(started).TotalSeconds, result.LookAhead.Strategies, 0);
    }
}

/// <summary>The request of a <see cref="VerifyJob"/>.</summary>
internal sealed record VerifyRequest : VerifyOptions
{
    [Key("the run to verify", Offers = "run")]
    public required string Run { get; init; }
}

/// <summary>The kind of <see cref="VerifyJob"/>.</summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class VerifyKind(string runs) : RequestKind<VerifyRequest>
{
    public override string Name => "verify";

    public override string Summary => "Run a finished run of this server again, compare the digests, and search for look-ahead.";

    public override string? RefusalOf(string key, RunSummary run, IReadOnlyList<string> chosen, GranaryCatalogues catalogues) =>
        FaultOf(run.Id);

    protected override Job Read(VerifyRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var run = JobRequest.Run(body.Need("run"), runs);
        if (FaultOf(run) is { } fault) throw body.Need("run").Fault(fault);
        return new VerifyJob(text, run, request.ToEffort(), catalogues);
    }

    // The job itself says what is wrong with a manifest.
    private string? FaultOf(string run)
    {
        try
        {
            return VerifyRun.FaultOf(Path.Combine(runs, run));
        }
        catch (InputException)
        {
            return null;
        }
    }
}
