// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>A schedule, its next time, and its last one.</summary>
public sealed record ScheduleDetails
{
    public required string Name { get; init; }

    /// <summary>Five fields, UTC.</summary>
    public required string Cron { get; init; }

    /// <summary>How long after such a time the job may start and a training promote; null = at any time.</summary>
    public int? WindowMinutes { get; init; }

    /// <summary>Of the job.</summary>
    public required string Kind { get; init; }

    /// <summary>The body of POST /jobs.</summary>
    public required JsonElement Job { get; init; }

    public required bool Enabled { get; init; }

    /// <summary>When it is due next, UTC; null where it is not enabled.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>Its newest recorded time, and how the job of it stands; null before the first.</summary>
    public ScheduledJob? Last { get; init; }

    /// <summary>The key that set it.</summary>
    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>When it was set, UTC.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
