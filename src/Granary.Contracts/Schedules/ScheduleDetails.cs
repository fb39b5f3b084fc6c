using System.Text.Json;
using Granary.Contracts.Jobs;

namespace Granary.Contracts.Schedules;

/// <summary>A schedule, its next time, and its last one.</summary>
/// <param name="Cron">Five fields; null for a schedule with <paramref name="After"/>.</param>
/// <param name="TimeZone">The IANA zone of <paramref name="Cron"/>; null for UTC.</param>
/// <param name="After">What each due time follows; null for a cron expression.</param>
/// <param name="DelayMinutes">Minutes from what it follows to the due time; null for a cron expression.</param>
/// <param name="WindowMinutes">
/// Minutes after a due time within which the job may start and a training may promote a version; null = no limit.
/// </param>
/// <param name="Kind">The job's kind.</param>
/// <param name="Job">The body of POST /jobs.</param>
/// <param name="Next">When it is due next, UTC; null where it is not enabled or <see cref="Waits"/>.</param>
/// <param name="Upcoming">The next three times, UTC; none where it is not enabled.</param>
/// <param name="Last">Its newest recorded time with the state of the job; null before the first.</param>
/// <param name="Who">The key that set it.</param>
/// <param name="ChangedAt">When it was set, UTC.</param>
public sealed record ScheduleDetails(string Name, string? Cron, string? TimeZone, ScheduleAfter? After, int? DelayMinutes,
    int? WindowMinutes, string Kind, JsonElement Job, bool Enabled, DateTimeOffset? Next, IReadOnlyList<DateTimeOffset> Upcoming,
    ScheduledJob? Last, string Who, string Why, DateTimeOffset ChangedAt)
{
    /// <summary>Why its due times are not known yet; null if they are.</summary>
    public string? Waits { get; init; }
}

/// <summary>The event that the due times of a schedule follow.</summary>
public enum ScheduleAfter : byte
{
    /// <summary>The end of each trading day of the job's account, when the last of its markets has closed.</summary>
    SessionDay,
}

/// <summary>A due time of a schedule, and the state of its job.</summary>
/// <param name="Due">The due time, UTC.</param>
/// <param name="At">When it was recorded, UTC; later than the due time if no server ran then.</param>
/// <param name="Job">The job's id; null if there was no job, or while it is being submitted.</param>
/// <param name="State">The job's state; null without a job, or if it was removed.</param>
/// <param name="Reason">Why there was no job, or why it failed.</param>
public sealed record ScheduledJob(DateTimeOffset Due, DateTimeOffset At, ScheduleOutcome Outcome, string? Job, JobState? State,
    string? Reason);

/// <summary>The outcome of one time of a schedule.</summary>
public enum ScheduleOutcome : byte
{
    /// <summary>Its job was submitted, or is being submitted.</summary>
    Submitted,

    /// <summary>No job was submitted.</summary>
    Missed,
}
