using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Server.Schedules;

/// <summary>A job that is submitted at the times of a cron expression.</summary>
public sealed record JobSchedule
{
    /// <summary>The name: up to 64 letters, digits, '.', '_' and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Five fields; see <see cref="CronTimes"/>.</summary>
    public required string Cron { get; init; }

    /// <summary>The IANA zone of <see cref="Cron"/>; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Its due times.</summary>
    [JsonIgnore]
    public CronTimes Times => CronTimes.Of(Cron, TimeZone);

    /// <summary>
    /// The maintenance window: how long after such a time the job may start, and a training may promote a version. Null = no limit.
    /// </summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The job, in the format of POST /jobs.</summary>
    public required JsonElement Job { get; init; }

    /// <summary>The kind of the job.</summary>
    [JsonIgnore]
    public string Kind => Job.GetProperty("kind").GetString()!;

    /// <summary>The base folder of relative paths in the job.</summary>
    public required string Folder { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>The API key that set it, in whose name its jobs are submitted.</summary>
    public required string Who { get; init; }

    public string Why { get; init; } = "";

    /// <summary>When it was set, UTC; earlier times are ignored.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
