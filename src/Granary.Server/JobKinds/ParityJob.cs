using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Deployments;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
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

/// <summary>The request of a <see cref="ParityJob"/>.</summary>
internal sealed record ParityJobRequest
{
    [Key("The account, which is the id of its session.")]
    public required string Account { get; init; }

    [Key("The trading day, as 2024-01-31; without it, all days that have ended since the last one that was compared.")]
    public string? Day { get; init; }

    [Key("The first day to compare, as 2024-01-31; without it, the day after the last one that was compared, or the first of the session.")]
    public string? From { get; init; }

    [Key("Whether the running day is compared too, up to its last bar. It is not kept.")]
    public bool Now { get; init; }

    [Key("The source of the final bars, as `store:bars` or `exchange:binance`; without it, the one that the session's bars can be read "
        + "from again.")]
    public string? Bars { get; init; }

    [Key("The band of the total: a percentage of the account's equity."), Range(1e-6, 100)]
    public double TotalPercent { get; init; } = 0.5;

    [Key("The band of the unexplained part: a percentage of the account's equity."), Range(1e-6, 100)]
    public double UnexplainedPercent { get; init; } = 0.01;
}

/// <summary>The kind of <see cref="ParityJob"/>.</summary>
internal sealed class ParityKind : RequestKind<ParityJobRequest>
{
    public override string Name => ParityResult.Kind;

    public override string Summary => "Compare days of a live account with a backtest of the final bars, by cause.";

    protected override Job Read(ParityJobRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        try
        {
            WeightsValidation.CheckPortfolio(request.Account);
        }
        catch (InputException e)
        {
            throw body.Need("account").Fault(e.Message);
        }
        DateOnly? DayOf(string key, string? named) => named is null ? null
            : DateOnly.TryParseExact(named, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
            : throw body.Need(key).Fault($"'{named}' is not a day; write it as 2024-01-31");
        var (day, first) = (DayOf("day", request.Day), DayOf("from", request.From));
        if (day is not null && first is not null)
            throw body.Need("from").Fault("'day' and 'from' name two different days; give one of them");
        if (day is not null && request.Now) throw body.Need("now").Fault("'day' and 'now' name two different days; give one of them");
        return new ParityJob(text, new ParityRequest(request.Account)
        {
            Day = day,
            From = first,
            Now = request.Now,
            Bars = request.Bars is null ? (Address?)null : body.Need("bars").Address(),
            TotalBand = request.TotalPercent,
            UnexplainedBand = request.UnexplainedPercent,
        });
    }
}
