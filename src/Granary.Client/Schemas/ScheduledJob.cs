// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A time of a schedule, and how its job stands.</summary>
public sealed record ScheduledJob
{
    /// <summary>By the cron expression, UTC.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When it was recorded, UTC: later than it was due where no server ran.</summary>
    public required DateTimeOffset At { get; init; }

    public required ScheduleOutcome Outcome { get; init; }

    /// <summary>The job's id; null where there was none, or it is being submitted.</summary>
    public string? Job { get; init; }

    /// <summary>How the job stands; null without one, or where it was removed.</summary>
    public JobState? State { get; init; }

    /// <summary>Why there was no job, or why it failed.</summary>
    public string? Reason { get; init; }
}
