using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;

namespace Granary.Server.Budgets;

/// <summary>
/// Submits and shows jobs within the limits of their callers. A caller without limits may do what its role permits.
/// </summary>
/// <param name="admission">Checks the right <c>code</c> and the quotas of all callers.</param>
/// <param name="catalogues">The catalogues of the process.</param>
/// <param name="accounts">What callers with limits have tried.</param>
/// <param name="audit">Records submissions of callers with limits, and what was refused to them.</param>
/// <param name="dataFolder">The folder of the bars, which is the base of relative addresses.</param>
internal sealed class BudgetedJobs(IJobService jobs, JobCatalogue kinds, JobAdmission admission, GranaryCatalogues catalogues,
    TrialAccounts accounts, AuditLog audit, string dataFolder)
{
    /// <summary>The markets that a caller can see.</summary>
    public CallerMarkets Markets(Caller caller) => new(Within(caller), dataFolder, caller.Limits?.Holdout);

    /// <summary>Reads a job, charges its trials to the caller's account, and submits it.</summary>
    /// <param name="kind">The name of a kind.</param>
    /// <param name="body">UTF-8 JSON: a batch for a backtest, else the request of the kind.</param>
    /// <param name="file">The name of the text, for messages.</param>
    /// <param name="idempotencyKey">See <see cref="JobSubmission"/>.</param>
    /// <exception cref="InputException">The text is invalid.</exception>
    /// <exception cref="OutsideLimitsException">The role or the limits do not permit the job.</exception>
    /// <exception cref="ServiceUnavailableException">The account or the audit log cannot be written; nothing was submitted.</exception>
    public async Task<JobReceipt> SubmitAsync(Caller caller, string kind, byte[] body, string file, string? idempotencyKey = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            var (job, planned, _) = await PrepareAsync(caller, kind, body, file, cancellationToken).ConfigureAwait(false);
            return caller.Limits is { } limits
                ? await ChargedAsync(caller, limits, job, planned!, idempotencyKey, cancellationToken).ConfigureAwait(false)
                : await admission.SubmitAsync(caller, job, idempotencyKey, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OutsideLimitsException || caller.Limits is not null && e is InputException or BarDataException)
        {
            await AuditAsync(caller, kind, e.Message, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads and checks a job as <see cref="SubmitAsync"/> does, and neither charges nor submits it.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public async Task<JobCost> PlanAsync(Caller caller, string kind, byte[] body, string file,
        CancellationToken cancellationToken = default)
    {
        var (job, planned, work) = await PrepareAsync(caller, kind, body, file, cancellationToken).ConfigureAwait(false);
        planned ??= await job.PlanTrialsAsync(cancellationToken).ConfigureAwait(false);
        return new JobCost(job.Name, work > 0 ? work : job.Work, planned?.Combinations.Distinct().Count(),
            caller.Limits is null || planned is null ? null : accounts.NewOf(caller.Name, planned));
    }

    // The trials are planned if the caller has limits. The work is 0 if it was not counted.
    private async Task<(Job Job, PlannedTrials? Planned, double Work)> PrepareAsync(Caller caller, string kind, byte[] body, string file,
        CancellationToken cancellationToken)
    {
        var text = new JobText(kind, body, file, catalogues.PlaceOf(dataFolder).KeptFolder);
        if (caller.Role < Role.Submitter) throw new OutsideLimitsException($"the key '{caller.Name}' does not have the role submitter");
        var root = JsonPart.Parse(file, body);
        if (caller.Limits is { } limits) return await LimitedAsync(caller, limits, root, text, cancellationToken).ConfigureAwait(false);
        var job = admission.Read(caller, text, root);
        return (job, null, await job.CheckDataAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<(Job Job, PlannedTrials? Planned, double Work)> LimitedAsync(Caller caller, TrialLimits limits, JsonPart root,
        JobText text, CancellationToken cancellationToken)
    {
        if (CodeText.IsIn(root) && !caller.MayRunCode)
            throw new OutsideLimitsException($"the key '{caller.Name}' does not have the right code");
        // Before the text is read, which can say whether a run exists.
        if (kinds.Find(text.Kind) is not { CountsTrials: true })
            throw new OutsideLimitsException($"jobs of the kind {text.Kind} are not for callers with limits: their trials cannot be counted "
                + "before they run, or they reach more than bars; use "
                + string.Join(", ", kinds.Kinds.Where(k => k.CountsTrials).Select(k => k.Name)));
        LimitedText.Check(root, text.Kind);
        var within = Within(caller);
        var job = kinds.Read(text, within);
        if (limits.Holdout is { } holdout)
            job = kinds.Read(text with { Body = LimitedText.WithHoldout(text.Body, holdout) }, within);
        var work = await job.CheckDataAsync(cancellationToken).ConfigureAwait(false);
        var planned = await job.PlanTrialsAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"{text.Kind} plans no trials");
        foreach (var data in planned.Data.Parts.Select(p => p.Data).Prepend(planned.Data))
            LimitedText.CheckSource(data.Source, dataFolder);
        if (limits.Holdout is { } time && !LimitedText.IsCut(planned.Data, time.UtcTicks))
            throw new OutsideLimitsException("the job would read bars after the holdout; give its bars in the section data");
        return (job, planned, work);
    }

    private async Task<JobReceipt> ChargedAsync(Caller caller, TrialLimits limits, Job job, PlannedTrials planned,
        string? idempotencyKey, CancellationToken cancellationToken)
    {
        await admission.CheckAsync(caller, job, cancellationToken).ConfigureAwait(false);
        var (used, added) = await accounts.ChargeAsync(caller.Name, limits.Trials, planned, cancellationToken)
            .ConfigureAwait(false);
        // From here on the caller has paid: the job is submitted and becomes visible also if the caller has gone.
        await audit.AppendAsync(caller.Name, "chargeTrials", $"/research/{job.Text.Kind}", null,
            JsonSerializer.SerializeToNode(new { Used = used, New = added, limits.Trials, limits.Holdout }, JobJson.Options),
            CancellationToken.None).ConfigureAwait(false);
        var receipt = await jobs.SubmitAsync(new JobSubmission(job, caller.Name, idempotencyKey), CancellationToken.None)
            .ConfigureAwait(false);
        await accounts.AddJobAsync(caller.Name, receipt.Job.Id, limits.Holdout, CancellationToken.None).ConfigureAwait(false);
        return receipt;
    }

    /// <summary>
    /// Whether a caller may see a job or its run. Answer a caller who may not as for an unknown id. A caller with a holdout sees its own
    /// jobs that were cut there or earlier, also if another job has its name.
    /// </summary>
    /// <param name="id">The id of a job or a run.</param>
    /// <exception cref="ServiceUnavailableException">The account cannot be read.</exception>
    public bool MaySee(Caller caller, string id) => caller.Limits?.Holdout is not { } holdout
        || JobId.IsWellFormed(id) && accounts.Jobs(caller.Name).TryGetValue(id, out var last) && last <= holdout.UtcTicks;

    /// <summary>Returns a page of the jobs that a caller may see, newest first.</summary>
    /// <exception cref="InputException">The cursor is not in the list.</exception>
    public async Task<JobPage> ListAsync(Caller caller, JobQuery query, CancellationToken cancellationToken = default)
    {
        if (caller.Limits?.Holdout is not { } holdout) return await jobs.ListAsync(query, cancellationToken).ConfigureAwait(false);
        var own = new List<JobStatus>();
        // Ids end with their time, and an account lists them in the order of submission.
        foreach (var (id, last) in accounts.Jobs(caller.Name).Reverse())
            if (last <= holdout.UtcTicks && await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } status)
                own.Add(status);
        return query.Of(own);
    }

    /// <summary>Returns how a caller stands against its limits.</summary>
    /// <param name="years">Length of the record that the luck bar is for, above 0.</param>
    /// <exception cref="ServiceUnavailableException">The account cannot be read.</exception>
    public TrialStanding Standing(Caller caller, double years = 1) =>
        BudgetStanding.Of(caller.Limits, caller.Limits is null ? 0 : accounts.Used(caller.Name), years);

    private Task AuditAsync(Caller caller, string what, string sentence, CancellationToken cancellationToken) => audit.AppendAsync(
        caller.Name, "refuseResearch", $"/research/{what}", null, new JsonObject { ["why"] = sentence }, cancellationToken);

    // The caller's texts may name bars in the data folder alone, also on a server that does not confine its callers.
    private GranaryCatalogues Within(Caller caller) => caller.Limits is null ? catalogues
        : catalogues with { Confinement = (catalogues.Confinement ?? new Confinement(dataFolder, [])) with { OnlyMarkets = true } };
}
