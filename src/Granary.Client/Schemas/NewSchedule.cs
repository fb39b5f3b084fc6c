// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A job, and when it is submitted.</summary>
public sealed record NewSchedule
{
    /// <summary>Five fields, in UTC: minute, hour, day of the month, month, day of the week, such as 0 2 * * SUN.</summary>
    public required string Cron { get; init; }

    public required JobRequest Job { get; init; }

    /// <summary>30m, 4h or 2d: how long after such a time the job may start and a training promote; without it at any time.</summary>
    public string? Window { get; init; }

    /// <summary>False: no times; true without it.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Kept with the schedule.</summary>
    public string? Why { get; init; }
}
