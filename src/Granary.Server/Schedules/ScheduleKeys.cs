using Granary.Contracts.Schedules;
using Granary.Engine.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Server.Schedules;

/// <summary>The keys of a schedule.</summary>
internal sealed record ScheduleKeys
{
    [Key("minute, hour, day of the month, month, day of the week (0 and 7 are Sunday)", Without = "needed, or `after`")]
    public string? Cron { get; init; }

    [Key("IANA zone of `cron`, such as `America/New_York`: [changes of the clock](#changes-of-the-clock)", Without = "UTC")]
    public string? TimeZone { get; init; }

    [Key("in the place of `cron`: the end of each [trading day](#after-each-trading-day) of the job's account", Without = "`cron`")]
    public ScheduleAfter? After { get; init; }

    [Key("the time from the end of the trading day to the due time, such as `30m`", Without = "none")]
    public TimeSpan? Delay { get; init; }

    [Key("the body of `POST /jobs`; it is checked when the schedule is set", Without = "needed")]
    public required JsonPart Job { get; init; }

    [Key("the maintenance window, such as `30m`, `4h` or `2d`: how long after a due time the job may start, and a training may promote a "
        + "version", Without = "any time")]
    public TimeSpan? Window { get; init; }

    [Key("`false`: the schedule has no due times")]
    public bool Enabled { get; init; } = true;

    [Key("the reason, stored with the name of the key", Without = "empty")]
    public string Why { get; init; } = "";
}
