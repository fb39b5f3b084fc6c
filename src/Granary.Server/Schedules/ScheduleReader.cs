using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Server.Schedules;

/// <summary>
/// Parses schedules such as <c>{ "cron": "0 2 * * SUN", "window": "2h", "job": { "kind": "train", … }, "enabled": true, "why": "…" }</c>,
/// and creates their jobs.
/// </summary>
internal sealed class ScheduleReader(JobCatalogue kinds)
{
    private const string DefaultFile = "schedule.json";

    /// <param name="text">UTF-8 JSON.</param>
    /// <param name="folder">What relative paths in the job are relative to.</param>
    /// <param name="file">The file's path at its author, for messages; null for <c>schedule.json</c>.</param>
    /// <returns>Without who set it, and when.</returns>
    /// <exception cref="InputException">It is not a schedule, or its job cannot be run.</exception>
    public JobSchedule Read(string name, byte[] text, string folder, string? file = null)
    {
        file = string.IsNullOrWhiteSpace(file) ? DefaultFile : file;
        var root = JsonPart.Parse(file, text);
        var keys = RecordKeys<ScheduleKeys>.Read(root);
        var job = keys.Job;
        CheckTimes(root, job);
        var kind = job.Need("kind");
        if (job.Find("promoteUntil") is { } until) throw until.Fault("it is the end of the schedule's window; give \"window\" instead");
        kinds.Read(new JobText(kind.String(), JobCatalogue.TextOf(job, text), file, folder));
        return new JobSchedule
        {
            Name = name,
            Cron = keys.Cron,
            TimeZone = keys.TimeZone,
            After = keys.After,
            Delay = keys.Delay,
            Window = keys.Window,
            Job = JsonElement.Parse(job.ToJson()),
            Folder = folder,
            Enabled = keys.Enabled,
            Who = "",
            Why = keys.Why,
            ChangedAt = default,
        };
    }

    private static void CheckTimes(JsonPart root, JsonPart job)
    {
        if (root.Find("after") is not { } after)
        {
            if (root.Find("delay") is { } delay)
                throw delay.Fault("it is the time after a trading day; give \"after\": \"session-day\" too");
            if (root.Find("cron") is null) throw root.Fault("'cron' is missing; give it, or \"after\": \"session-day\"");
            CronTimes.Parse(root.Need("cron"), root.Find("timeZone"));
            return;
        }
        if (root.Find("cron") is { } cron) throw cron.Fault("'cron' and 'after' are two ways to give the times; leave one of them out");
        if (root.Find("timeZone") is { } zone)
            throw zone.Fault("it is the zone of 'cron'; 'after' follows the calendars of the account's markets");
        if (job.Find("account") is null)
            throw after.Fault("the job has no account whose trading days it could follow, as the kind 'parity' has; give 'cron'");
    }

    /// <summary>Creates the job of a time; a training may promote a version until the window ends.</summary>
    /// <exception cref="InputException">The job cannot be run.</exception>
    public Job JobOf(JobSchedule schedule, DateTimeOffset due)
    {
        var body = JsonNode.Parse(schedule.Job.GetRawText())!.AsObject();
        if (schedule.Kind == "train" && schedule.Window is { } window)
            body["promoteUntil"] = (due + window).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var own = schedule.Kind == JobCatalogue.Backtest ? body["batch"] : body;
        var text = JsonSerializer.SerializeToUtf8Bytes(own);
        return kinds.Read(new JobText(schedule.Kind, text, $"schedule {schedule.Name}", schedule.Folder));
    }
}
