using System.Text.Json;
using Granary.Contracts.Schedules;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.Json;

namespace Granary.Server.Schedules;

/// <summary>Shows and sets the schedules of a server.</summary>
internal sealed class JobSchedules(ScheduleBook book, ScheduleReader reader, ScheduleTimes dueTimes, IJobService jobs, TimeProvider clock)
{
    private const int ShownTimes = 3;

    /// <summary>Returns the next times of a cron expression, UTC.</summary>
    /// <param name="timeZone">IANA zone of the expression; null or empty for UTC.</param>
    /// <exception cref="InputException">The text is not a cron expression, or has no times, or the zone is unknown.</exception>
    public IReadOnlyList<DateTimeOffset> TimesOf(string cron, string? timeZone) => CronTimes.Parse(Text("cron", cron),
        string.IsNullOrEmpty(timeZone) ? null : Text("timeZone", timeZone)).After(clock.GetUtcNow(), ShownTimes);

    private static JsonPart Text(string name, string value) => JsonPart.Parse(name, JsonSerializer.SerializeToUtf8Bytes(value));

    /// <summary>All schedules, by name.</summary>
    public async Task<IReadOnlyList<ScheduleDetails>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<ScheduleDetails>();
        foreach (var schedule in book.All()) all.Add(await DetailsAsync(schedule, cancellationToken).ConfigureAwait(false));
        return all;
    }

    /// <returns>Null if there is no schedule with this name.</returns>
    public async Task<ScheduleDetails?> FindAsync(string name, CancellationToken cancellationToken) =>
        book.Find(name) is { } schedule ? await DetailsAsync(schedule, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Sets a schedule, in place of one of the same name.</summary>
    /// <param name="text">UTF-8 JSON, as <see cref="ScheduleReader"/> takes it.</param>
    /// <param name="folder">What relative paths in its job are relative to.</param>
    /// <param name="file">The file's path at its author, for messages; null for <c>schedule.json</c>.</param>
    /// <param name="who">Who sets it.</param>
    /// <exception cref="InputException">It is not a schedule, or its job cannot be run.</exception>
    public async Task<ScheduleDetails> SetAsync(string name, byte[] text, string folder, string? file, string who,
        CancellationToken cancellationToken)
    {
        var schedule = reader.Read(name, text, folder, file) with { Who = who, ChangedAt = clock.GetUtcNow() };
        dueTimes.Check(schedule);
        book.Set(schedule);
        return await DetailsAsync(schedule, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(DueTimes? Times, string? Waits)> TimesOfAsync(JobSchedule schedule, CancellationToken cancellationToken)
    {
        try
        {
            return await dueTimes.OfAsync(schedule, cancellationToken).ConfigureAwait(false) is { } times ? (times, null)
                : (null, $"waits for the first session of the account '{schedule.Account}'");
        }
        catch (JournalException e)
        {
            // Schedules are shown while the database of an account is away.
            return (null, e.Message);
        }
    }

    private async Task<ScheduleDetails> DetailsAsync(JobSchedule schedule, CancellationToken cancellationToken)
    {
        var last = await JobsOfAsync(book.Runs(schedule.Name, 1), jobs, cancellationToken).ConfigureAwait(false);
        var (times, waits) = await TimesOfAsync(schedule, cancellationToken).ConfigureAwait(false);
        var upcoming = schedule.Enabled && times is not null ? times.After(clock.GetUtcNow(), ShownTimes) : [];
        return new ScheduleDetails(schedule.Name, schedule.Cron, schedule.TimeZone, schedule.After,
            schedule.After is null ? null : (int)(schedule.Delay?.TotalMinutes ?? 0), (int?)schedule.Window?.TotalMinutes,
            schedule.Kind, schedule.Job,
            schedule.Enabled, upcoming.Count > 0 ? upcoming[0] : null, upcoming, last.FirstOrDefault(), schedule.Who, schedule.Why,
            schedule.ChangedAt)
        {
            Waits = waits,
        };
    }

    /// <summary>Returns the states of the jobs of recorded times.</summary>
    public static async Task<List<ScheduledJob>> JobsOfAsync(IReadOnlyList<ScheduleRun> runs, IJobService jobs,
        CancellationToken cancellationToken)
    {
        var found = new List<ScheduledJob>();
        foreach (var run in runs)
        {
            var status = run.Job is { } id ? await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) : null;
            found.Add(new ScheduledJob(run.Due, run.At, run.Outcome, run.Job, status?.State, run.Reason ?? status?.Fault));
        }
        return found;
    }
}
