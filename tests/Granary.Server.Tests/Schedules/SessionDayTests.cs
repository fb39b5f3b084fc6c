using System.Globalization;
using System.Text;
using Granary.Contracts.Schedules;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Parity;

namespace Granary.Server.Tests.Schedules;

/// <summary>Jobs after each trading day of an account, by the calendars of its markets.</summary>
public sealed class SessionDayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-session-days-").FullName;
    // A Sunday, in the week of Thanksgiving.
    private readonly ManualClock _clock = new(At("11-22T12:00"));
    private readonly SubmittedJobs _jobs = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-{time}:00Z", CultureInfo.InvariantCulture);

    private static SessionCalendar NewYork { get; } = SessionCalendar.NewYork().With([new DateOnly(2026, 11, 26)],
        [(new DateOnly(2026, 11, 27), (new TimeSpan(9, 30, 0), new TimeSpan(13, 0, 0)))]);

    private static SessionCalendar London { get; } =
        SessionCalendar.Daily("London", "Europe/London", new TimeSpan(8, 0, 0), new TimeSpan(16, 30, 0));

    private static string[] Times(string after, int count, string timeframe, params SessionCalendar[] calendars) =>
        [.. new SessionDayTimes(new MarketDays(calendars, Timeframe.Parse(timeframe)), TimeSpan.FromMinutes(30)).After(At(after), count)
            .Select(t => t.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture))];

    [Fact]
    public void The_due_times_follow_holidays_half_days_weekends_the_change_of_the_clock_and_the_last_of_several_markets()
    {
        Times("11-22T12:00", 5, "1h", NewYork).ShouldBe(["11-23 21:30", "11-24 21:30", "11-25 21:30", "11-27 18:30", "11-30 21:30"]);
        Times("11-27T18:29", 1, "1h", NewYork).ShouldBe(["11-27 18:30"]);
        Times("11-27T18:30", 1, "1h", NewYork).ShouldBe(["11-30 21:30"]);
        // Summer time begins on March 8 in New York, and on March 29 in London.
        Times("03-06T12:00", 2, "1h", NewYork).ShouldBe(["03-06 21:30", "03-09 20:30"]);
        Times("03-27T12:00", 2, "1h", London).ShouldBe(["03-27 17:00", "03-30 16:00"]);
        Times("11-23T12:00", 2, "1h", London, NewYork).ShouldBe(["11-23 21:30", "11-24 21:30"]);
        Times("11-27T12:00", 3, "1h", NewYork, SessionCalendar.Continuous).ShouldBe(["11-28 00:30", "11-29 00:30", "11-30 00:30"]);
        // Bars of a day have days of UTC.
        Times("11-25T12:00", 2, "1d", NewYork).ShouldBe(["11-26 00:30", "11-28 00:30"]);
    }

    private ScheduleBook Book => new(Path.Combine(_folder, "schedules"));

    private static ScheduleReader Reader => new(KnownJobs.Of(TestCatalogues.All, Path.GetTempPath()));

    // As a process that has just started.
    private ScheduleTimes DueTimes => new(new AccountDays(AccountStores.Open(Address.Parse(_folder)), _clock));

    private Task<DateTimeOffset?> LookAsync() =>
        new ScheduleRunner(Book, _jobs, Reader, DueTimes, _clock).RunAsync(TestContext.Current.CancellationToken);

    private Task<ScheduleDetails> SetAsync(string text, ScheduleTimes? times = null) =>
        new JobSchedules(Book, Reader, times ?? DueTimes, _jobs, _clock).SetAsync("parity", Encoding.UTF8.GetBytes(text), _folder, null,
            "me", TestContext.Current.CancellationToken);

    private async Task StartSessionAsync(SessionCalendar calendar)
    {
        await using var journal = new AccountJournal(FileJournal.Open(Path.Combine(_folder, "main"), _clock), _clock);
        await journal.AppendAsync([new SessionStarted(0, "t", "main", "hash", "paper", "host", 1, false)
        {
            Instruments = [new Instrument { Symbol = "A", Calendar = calendar }],
        }], TestContext.Current.CancellationToken);
    }

    private const string AfterEachDay = """
        { "after": "session-day", "delay": "30m", "job": { "kind": "parity", "account": "main", "bars": "store:bars" } }
        """;

    [Fact]
    public async Task A_schedule_waits_for_the_first_session_and_days_without_a_server_are_one_run()
    {
        var waiting = await SetAsync(AfterEachDay);
        (waiting.Cron, waiting.After, waiting.DelayMinutes, waiting.Next, waiting.Upcoming.Count, waiting.Waits).ShouldBe(
            (null, ScheduleAfter.SessionDay, 30, null, 0, "waits for the first session of the account 'main'"));
        _clock.Advance(TimeSpan.FromHours(1));
        (await LookAsync()).ShouldBeNull();

        await StartSessionAsync(NewYork);
        (await LookAsync()).ShouldBe(At("11-23T21:30"));
        var known = (await new JobSchedules(Book, Reader, DueTimes, _jobs, _clock).FindAsync("parity", CancellationToken.None))!;
        (known.Waits, known.Next).ShouldBe((null, At("11-23T21:30")));

        _clock.Advance(At("11-23T21:30") - _clock.GetUtcNow());
        (await LookAsync()).ShouldBe(At("11-24T21:30"));
        await LookAsync();
        _jobs.All.ShouldHaveSingleItem().Job.Text.Kind.ShouldBe("parity");
        _jobs.End();

        // From Tuesday until Saturday no server runs: Tuesday, Wednesday and the half day after the holiday.
        _clock.Advance(At("11-28T09:00") - _clock.GetUtcNow());
        (await LookAsync()).ShouldBe(At("11-30T21:30"));
        await LookAsync();
        _jobs.All.Count.ShouldBe(2);
        Book.Runs("parity").Select(r => (r.Due, r.Outcome)).ShouldBe([(At("11-27T18:30"), ScheduleOutcome.Submitted),
            (At("11-25T21:30"), ScheduleOutcome.Missed), (At("11-24T21:30"), ScheduleOutcome.Missed),
            (At("11-23T21:30"), ScheduleOutcome.Submitted)]);
    }

    [Fact]
    public async Task A_restart_with_other_markets_changes_the_times_of_a_server_that_runs_on()
    {
        await StartSessionAsync(NewYork);
        await SetAsync(AfterEachDay);
        var runner = new ScheduleRunner(Book, _jobs, Reader, DueTimes, _clock);
        (await runner.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(At("11-23T21:30"));
        await StartSessionAsync(SessionCalendar.Continuous);
        _clock.Advance(TimeSpan.FromHours(1));
        (await runner.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(At("11-23T00:30"));
    }

    [Theory]
    [InlineData("\"after\": \"session-day\", \"cron\": \"0 2 * * *\"", "parity", "cron: 'cron' and 'after' are two ways")]
    [InlineData("\"after\": \"session-day\", \"timeZone\": \"Europe/London\"", "parity", "timeZone: it is the zone of 'cron'")]
    [InlineData("\"after\": \"sessionday\"", "parity", "after")]
    [InlineData("\"cron\": \"0 2 * * *\", \"delay\": \"30m\"", "parity", "delay: it is the time after a trading day")]
    [InlineData("\"why\": \"x\"", "parity", "'cron' is missing; give it, or \"after\": \"session-day\"")]
    [InlineData("\"after\": \"session-day\"", "import", "after: the job has no account whose trading days it could follow")]
    public async Task What_gives_no_times_is_refused_with_its_key(string keys, string kind, string sentence)
    {
        var job = kind == "parity" ? "\"account\": \"main\"" : "\"files\": [\"a.csv\"], \"store\": \"bars\", \"symbol\": \"A\"";
        (await Should.ThrowAsync<InputException>(() => SetAsync($$"""{ {{keys}}, "job": { "kind": "{{kind}}", {{job}} } }"""))).Message
            .ShouldContain(sentence);
    }

    [Fact]
    public async Task A_server_without_accounts_refuses_to_follow_one() =>
        (await Should.ThrowAsync<InputException>(() => SetAsync(AfterEachDay, new ScheduleTimes()))).Message
            .ShouldBe("after: this server trades no accounts, so none has trading days; give a cron expression");
}
