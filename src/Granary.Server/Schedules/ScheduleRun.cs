using Granary.Contracts.Schedules;

namespace Granary.Server.Schedules;

/// <summary>One time of a schedule.</summary>
/// <param name="Due">By the cron expression, UTC.</param>
/// <param name="At">When it was recorded, UTC.</param>
/// <param name="Job">The job's id; null before it is submitted, and where none is.</param>
/// <param name="Reason">Why no job was submitted; null where one was.</param>
public sealed record ScheduleRun(DateTimeOffset Due, DateTimeOffset At, ScheduleOutcome Outcome, string? Job, string? Reason)
{
    /// <summary>Whether it was begun, and its job is not known to be submitted.</summary>
    public bool IsPending => Outcome == ScheduleOutcome.Submitted && Job is null;
}
