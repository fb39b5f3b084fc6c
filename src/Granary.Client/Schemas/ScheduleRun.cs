// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One time of a schedule.</summary>
public sealed record ScheduleRun
{
    /// <summary>By the cron expression, UTC.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    public required ScheduleOutcome Outcome { get; init; }

    /// <summary>The job's id; null before it is submitted, and where none is.</summary>
    public string? Job { get; init; }

    /// <summary>Why no job was submitted; null where one was.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it was begun, and its job is not known to be submitted.</summary>
    public required bool IsPending { get; init; }
}
