using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.Json;

namespace Granary.Server.Access;

/// <summary>Limits of the waiting jobs of one caller.</summary>
/// <param name="MostQueued">Maximum number of waiting jobs.</param>
/// <param name="MostQueuedWork">Maximum estimated work of the waiting jobs, in bars times strategies.</param>
internal sealed record JobQuotas(int MostQueued, double MostQueuedWork);

/// <summary>Reads and submits the jobs of callers, with their rights and limits.</summary>
/// <param name="quotas">null = callers have no limits, as the user of a server without keys.</param>
internal sealed class JobAdmission(IJobService jobs, JobCatalogue kinds, CodeRight code, JobQuotas? quotas)
{
    /// <summary>Reads a caller's job.</summary>
    /// <param name="root">The text, parsed.</param>
    /// <exception cref="NotAllowedException">The job has code, which the caller may not run.</exception>
    /// <exception cref="InputException">The job is invalid.</exception>
    public Job Read(Caller caller, JobText text, JsonPart root)
    {
        // Before anything reads the batch: reading it may compile the code.
        if (CodeText.IsIn(root) && code.RefusalOf(caller) is { } refusal) throw new NotAllowedException(refusal);
        return kinds.Read(text);
    }

    /// <summary>Submits a caller's job.</summary>
    /// <param name="job">Of <see cref="Read"/>.</param>
    /// <param name="idempotencyKey">See <see cref="JobSubmission"/>.</param>
    /// <exception cref="TooManyJobsException">The caller's jobs or their work exceed a limit, or the queue is full.</exception>
    /// <exception cref="IdempotencyConflictException">The key was used with a different text.</exception>
    public async Task<JobReceipt> SubmitAsync(Caller caller, Job job, string? idempotencyKey, CancellationToken cancellationToken)
    {
        await CheckAsync(caller, job, cancellationToken).ConfigureAwait(false);
        return await jobs.SubmitAsync(new JobSubmission(job, caller.Name, idempotencyKey), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Compares a caller's waiting jobs with its limits.</summary>
    /// <exception cref="TooManyJobsException">They and the job exceed a limit.</exception>
    public async Task CheckAsync(Caller caller, Job job, CancellationToken cancellationToken)
    {
        if (quotas is not { } most) return;
        // Repeated submissions of a queued job are refused too: they can wait as well.
        var queued = await jobs.ListAsync(new JobQuery(int.MaxValue, State: JobState.Queued), cancellationToken).ConfigureAwait(false);
        var own = queued.Items.Where(j => j.SubmittedBy == caller.Name).ToList();
        if (own.Count >= most.MostQueued) throw new TooManyJobsException(most.MostQueued);
        var waiting = own.Sum(j => j.Work);
        if (waiting + job.Work > most.MostQueuedWork) throw new TooManyJobsException(job.Work, waiting, most.MostQueuedWork);
    }
}
