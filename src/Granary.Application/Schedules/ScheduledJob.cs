using Granary.Application.Jobs;

namespace Granary.Application.Schedules;

/// <summary>A time of a schedule, and how its job stands.</summary>
/// <param name="Due">By the cron expression, UTC.</param>
/// <param name="At">When it was recorded, UTC: later than it was due where no server ran.</param>
/// <param name="Job">The job's id; null where there was none, or it is being submitted.</param>
/// <param name="State">How the job stands; null without one, or where it was removed.</param>
/// <param name="Reason">Why there was no job, or why it failed.</param>
public sealed record ScheduledJob(DateTimeOffset Due, DateTimeOffset At, ScheduleOutcome Outcome, string? Job, JobState? State,
    string? Reason)
{
    /// <summary>How the jobs of recorded times stand.</summary>
    public static async Task<List<ScheduledJob>> OfAsync(IReadOnlyList<ScheduleRun> runs, IJobService jobs,
        CancellationToken cancellationToken)
    {
        var found = new List<ScheduledJob>();
        foreach (var run in runs)
        {
            var status = run.Job is { } id ? await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) : null;
            found.Add(new ScheduledJob(run.Due, run.At, run.Outcome, run.Job, status?.State, run.Reason ?? status?.Fault));
        }
        return found;
    }
}
