using System.Text.Json;

namespace Granary.Application.Schedules;

/// <summary>A schedule, its next time, and its last one.</summary>
/// <param name="Cron">Five fields, UTC.</param>
/// <param name="WindowMinutes">How long after such a time the job may start and a training promote; null = at any time.</param>
/// <param name="Kind">Of the job.</param>
/// <param name="Job">The body of POST /jobs.</param>
/// <param name="Next">When it is due next, UTC; null where it is not enabled.</param>
/// <param name="Last">Its newest recorded time, and how the job of it stands; null before the first.</param>
/// <param name="Who">The key that set it.</param>
/// <param name="ChangedAt">When it was set, UTC.</param>
public sealed record ScheduleDetails(string Name, string Cron, int? WindowMinutes, string Kind, JsonElement Job, bool Enabled,
    DateTimeOffset? Next, ScheduledJob? Last, string Who, string Why, DateTimeOffset ChangedAt);
