using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Server.Schedules;

/// <summary>A job that is submitted at the times of a cron expression.</summary>
public sealed record JobSchedule
{
    /// <summary>Letters, digits, '.', '_' and '-'; up to 64.</summary>
    public required string Name { get; init; }

    /// <summary>Five fields, UTC; see <see cref="CronTimes"/>.</summary>
    public required string Cron { get; init; }

    /// <summary>
    /// How long after such a time the job may start, and a training promote a version: the maintenance window. Null = at any time.
    /// </summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The job, as POST /jobs takes it.</summary>
    public required JsonElement Job { get; init; }

    /// <summary>The kind of the job.</summary>
    [JsonIgnore]
    public string Kind => Job.GetProperty("kind").GetString()!;

    /// <summary>What relative paths in it are relative to.</summary>
    public required string Folder { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>The key that set it; its jobs are submitted in that name.</summary>
    public required string Who { get; init; }

    public string Why { get; init; } = "";

    /// <summary>When it was set, UTC: times before are none of its.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
