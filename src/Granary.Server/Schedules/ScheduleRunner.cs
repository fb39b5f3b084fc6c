using System.Globalization;
using Granary.Contracts.Jobs;
using Granary.Contracts.Schedules;
using Granary.Engine;
using Granary.Server.Jobs;

namespace Granary.Server.Schedules;

/// <summary>Submits the jobs of schedules when they are due. Several processes may share one book; each time creates one job.</summary>
/// <remarks>
/// A time is recorded before its job is submitted, and completed with the job's id afterwards. If a process ends in between, the next check
/// submits the job again with the same idempotency key, which returns the existing job if there is one.
/// </remarks>
internal sealed class ScheduleRunner(ScheduleBook book, IJobService jobs, ScheduleReader reader, ScheduleTimes dueTimes, TimeProvider clock)
{
    // The maximum number of missed times that are recorded after a period without a server.
    private const int MostMissed = 20;

    /// <summary>Checks all schedules once.</summary>
    /// <returns>The next due time, UTC; null if there is none.</returns>
    /// <exception cref="AggregateException">Some schedules could not be checked; the others were.</exception>
    public async Task<DateTimeOffset?> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        var faults = new List<Exception>();
        foreach (var name in book.Names())
        {
            try
            {
                if (await RunAsync(name, cancellationToken).ConfigureAwait(false) is { } following && (next is null || following < next))
                    next = following;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                faults.Add(e);
            }
        }
        return faults.Count == 0 ? next : throw new AggregateException(faults);
    }

    private async Task<DateTimeOffset?> RunAsync(string name, CancellationToken cancellationToken)
    {
        if (book.Find(name) is not { Enabled: true } schedule) return null;
        // First complete the times that an ended process has started.
        await SubmitAsync(schedule, cancellationToken).ConfigureAwait(false);
        if (await dueTimes.OfAsync(schedule, cancellationToken).ConfigureAwait(false) is not { } times) return null;
        await BeginAsync(schedule, times, cancellationToken).ConfigureAwait(false);
        await SubmitAsync(schedule, cancellationToken).ConfigureAwait(false);
        return times.After(clock.GetUtcNow());
    }

    // Records the times that are due. Only the newest is run, because the job of an earlier one would repeat the same work.
    private async Task BeginAsync(JobSchedule schedule, DueTimes times, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = Due(schedule, times, now);
        while (due.TryDequeue(out var time))
        {
            var reason = due.Count > 0 ? "a later time was due when the server came back"
                : time + schedule.Window is { } end && end < now
                    ? $"its window ended at {Shown(end)}, and the server came back at {Shown(now)}"
                : await IsRunningAsync(schedule, cancellationToken).ConfigureAwait(false) ? "the job of the time before has not ended"
                : null;
            var outcome = reason is null ? ScheduleOutcome.Submitted : ScheduleOutcome.Missed;
            // If another process has recorded the time, the next check continues; a time starts only after the previous one is complete.
            if (!book.TryBegin(schedule.Name, new ScheduleRun(time, now, outcome, null, reason))) return;
        }
    }

    private static string Shown(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private Queue<DateTimeOffset> Due(JobSchedule schedule, DueTimes times, DateTimeOffset now)
    {
        var after = book.Runs(schedule.Name, 1) is [var last] && last.Due > schedule.ChangedAt ? last.Due : schedule.ChangedAt;
        var due = new Queue<DateTimeOffset>();
        while (times.After(after) is { } time && time <= now)
        {
            due.Enqueue(after = time);
            if (due.Count > MostMissed) due.Dequeue();
        }
        return due;
    }

    private async Task<bool> IsRunningAsync(JobSchedule schedule, CancellationToken cancellationToken) =>
        book.Runs(schedule.Name).FirstOrDefault(r => r.Job is not null)?.Job is { } job
        && await jobs.FindAsync(job, cancellationToken).ConfigureAwait(false) is { State: JobState.Queued or JobState.Running };

    private async Task SubmitAsync(JobSchedule schedule, CancellationToken cancellationToken)
    {
        if (book.Runs(schedule.Name, 1) is not [{ IsPending: true } run]) return;
        try
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"schedule {schedule.Name} {run.Due.UtcDateTime:O}");
            var submission = new JobSubmission(reader.JobOf(schedule, run.Due), schedule.Who, key);
            var receipt = await jobs.SubmitAsync(submission, cancellationToken).ConfigureAwait(false);
            book.Complete(schedule.Name, run with { Job = receipt.Job.Id });
        }
        catch (IdempotencyConflictException e)
        {
            // The schedule was changed since it was submitted.
            book.Complete(schedule.Name, run with { Job = e.Job });
        }
        catch (Exception e) when (e is InputException or TooManyJobsException)
        {
            book.Complete(schedule.Name, run with { Outcome = ScheduleOutcome.Missed, Reason = e.Message });
        }
    }
}
