using Granary.Contracts.Schedules;

namespace Granary.Server.Schedules;

/// <summary>One recorded time of a schedule.</summary>
/// <param name="Due">The due time, UTC.</param>
/// <param name="At">When it was recorded, UTC.</param>
/// <param name="Job">The job's id; null before it is submitted, or if there is none.</param>
/// <param name="Reason">Why no job was submitted; null if one was.</param>
internal sealed record ScheduleRun(DateTimeOffset Due, DateTimeOffset At, ScheduleOutcome Outcome, string? Job, string? Reason)
{
    /// <summary>Whether the time was started, but the submission of its job is not confirmed.</summary>
    public bool IsPending => Outcome == ScheduleOutcome.Submitted && Job is null;
}
