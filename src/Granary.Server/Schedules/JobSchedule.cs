using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts.Schedules;

namespace Granary.Server.Schedules;

/// <summary>A job that is submitted at the due times of a cron expression, or after each trading day of an account.</summary>
internal sealed record JobSchedule
{
    /// <summary>The name: up to 64 letters, digits, '.', '_' and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Five fields; see <see cref="CronTimes"/>. Null with <see cref="After"/>.</summary>
    public string? Cron { get; init; }

    /// <summary>The IANA zone of <see cref="Cron"/>; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The event that its due times follow; null with <see cref="Cron"/>.</summary>
    public ScheduleAfter? After { get; init; }

    /// <summary>The time from that event to the due time; null = none.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>
    /// The maintenance window: how long after such a time the job may start, and a training may promote a version. Null = no limit.
    /// </summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The job, in the format of POST /jobs.</summary>
    public required JsonElement Job { get; init; }

    /// <summary>The kind of the job.</summary>
    [JsonIgnore]
    public string Kind => Job.GetProperty("kind").GetString()!;

    /// <summary>The account of the job, whose trading days it follows.</summary>
    [JsonIgnore]
    public string Account => Job.GetProperty("account").GetString()!;

    /// <summary>The base folder of relative paths in the job.</summary>
    public required string Folder { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>The API key that set it, in whose name its jobs are submitted.</summary>
    public required string Who { get; init; }

    public string Why { get; init; } = "";

    /// <summary>When it was set, UTC; earlier times are ignored.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
