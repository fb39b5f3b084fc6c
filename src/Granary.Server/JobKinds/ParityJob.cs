using System.Text.Json;
using Granary.Contracts.Deployments;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Weights;
using Granary.Trading.Parity;

namespace Granary.Server.JobKinds;

/// <summary>
/// A job that compares days of a live account with a backtest of the final bars. Its result is the file <c>result.json</c>; the records are
/// kept with the deployments.
/// </summary>
internal sealed class ParityJob(JobText text, ParityRequest request) : Job(text, "parity-" + request.Account)
{
    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        var parity = run.Parity?.Invoke() ?? throw new InputException("this server trades no accounts, so none can be compared");
        // Days that an earlier attempt has compared are kept, so that this one does not compare them again. They are days of this job.
        var days = new SortedDictionary<DateOnly, ParityRecord>(ParityResult.Read(run.Folder).ToDictionary(d => d.Day));

        async Task TakeAsync(IEnumerable<ParityRecord> records)
        {
            foreach (var record in records) days[record.Day] = record;
            // An attempt that hung knows fewer days than the one that took its place.
            if (run.Attempt is { } attempt) await attempt.ConfirmAsync(cancellationToken).ConfigureAwait(false);
            var result = JsonSerializer.Serialize(new ParityResult(request.Account, [.. days.Values]), ResultFile.Json);
            await ResultFile.WriteAsync(run.Folder, result, cancellationToken).ConfigureAwait(false);
        }

        await TakeAsync(await parity.CompareAsync(request, day => run.Progress(JobProgress.None with
        {
            Stage = FormattableString.Invariant($"comparing {day:yyyy-MM-dd}"),
        }), record => TakeAsync([record]), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0);
    }
}

/// <summary>The kind of <see cref="ParityJob"/>.</summary>
internal sealed class ParityKind : RequestKind<ParityRequest>
{
    public override string Name => ParityResult.Kind;

    public override string Summary => "Compare days of a live account with a backtest of the final bars, by cause.";

    protected override Job Read(ParityRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        try
        {
            WeightsValidation.CheckPortfolio(request.Account);
        }
        catch (InputException e)
        {
            throw body.Need("account").Fault(e.Message);
        }
        return new ParityJob(text, request);
    }
}
