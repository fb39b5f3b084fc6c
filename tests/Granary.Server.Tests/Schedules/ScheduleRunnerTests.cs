using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Contracts.Schedules;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Simulation.Catalogues;
using Granary.Testing;

namespace Granary.Server.Tests.Schedules;

/// <summary>Jobs are submitted when their schedules are due, once each, whatever happens to the processes.</summary>
public sealed class ScheduleRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-schedules-").FullName;
    // A Sunday.
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 22, 1, 0, 0, TimeSpan.Zero));
    private readonly SubmittedJobs _jobs = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ScheduleBook Book => new(_folder);

    private static ScheduleReader Reader =>
        new(new JobCatalogue(TestCatalogues.All, [new EchoKind("train"), new EchoKind("verify"), new EchoKind("backtest")]));

    private void Set(string name, string cron, string? window = null, string kind = "train", bool enabled = true) => Book.Set(
        Reader.Read(name, Encoding.UTF8.GetBytes($$"""
            { "cron": "{{cron}}", "job": { "kind": "{{kind}}", "word": "x" }, "enabled": {{(enabled ? "true" : "false")}}
              {{(window is null ? "" : $", \"window\": \"{window}\"")}} }
            """), _folder) with
        { Who = "desk", ChangedAt = _clock.GetUtcNow() });

    private Task<DateTimeOffset?> LookAsync() =>
        new ScheduleRunner(Book, _jobs, Reader, new ScheduleTimes(), _clock).RunAsync(TestContext.Current.CancellationToken);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time + "Z", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_job_is_submitted_at_each_time_and_once_by_several_processes()
    {
        Set("nightly", "0 2 * * *", "2h");
        (await LookAsync()).ShouldBe(At("2026-11-22T02:00:00"));
        _jobs.All.ShouldBeEmpty();

        _clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => LookAsync())));
        var job = _jobs.All.ShouldHaveSingleItem();
        (job.SubmittedBy, job.Job.Text.Kind, job.Job.Text.Folder).ShouldBe(("desk", "train", _folder));
        // A training may promote until the end of the window.
        JsonDocument.Parse(job.Job.Text.Body).RootElement.GetProperty("promoteUntil").GetString().ShouldBe("2026-11-22T04:00:00Z");
        var run = Book.Runs("nightly").ShouldHaveSingleItem();
        (run.Due, run.Outcome, run.Job, run.Reason).ShouldBe((At("2026-11-22T02:00:00"), ScheduleOutcome.Submitted, _jobs.IdOf(job), null));

        _jobs.End();
        _clock.Advance(TimeSpan.FromDays(1));
        await LookAsync();
        _jobs.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Times_that_passed_while_no_server_ran_are_missed_and_the_newest_runs_if_its_window_lasts()
    {
        Set("in-time", "0 2 * * *", "2h");
        Set("too-late", "0 2 * * *", "30m");
        Set("any-time", "0 2 * * *", kind: "verify");
        _clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromHours(2));
        await LookAsync();
        Book.Runs("in-time").Select(r => (r.Due.Day, r.Outcome)).ShouldBe([(25, ScheduleOutcome.Submitted), (24, ScheduleOutcome.Missed),
            (23, ScheduleOutcome.Missed), (22, ScheduleOutcome.Missed)]);
        Book.Runs("too-late")[0].Reason.ShouldBe(
            "its window ended at 2026-11-25 02:30:00Z, and the server came back at 2026-11-25 03:00:00Z");
        Book.Runs("too-late").ShouldAllBe(r => r.Outcome == ScheduleOutcome.Missed);
        Book.Runs("any-time")[0].Outcome.ShouldBe(ScheduleOutcome.Submitted);
        _jobs.All.Select(j => j.Job.Text.Kind).Order().ShouldBe(["train", "verify"]);
        await LookAsync();
        _jobs.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_process_that_ended_before_its_job_was_submitted_is_followed_by_another_and_there_is_one_job()
    {
        Set("nightly", "0 2 * * *", "2h");
        _clock.Advance(TimeSpan.FromHours(1));
        _jobs.Dies = true;
        await Should.ThrowAsync<AggregateException>(() => LookAsync());
        Book.Runs("nightly").ShouldHaveSingleItem().IsPending.ShouldBeTrue();
        // It was submitted all the same, or it was not: the key is the same. The window is over, and the job was begun in it; a later
        // time does not come before it.
        _jobs.Dies = false;
        _clock.Advance(TimeSpan.FromDays(1));
        await LookAsync();
        var job = _jobs.IdOf(_jobs.All.ShouldHaveSingleItem());
        Book.Runs("nightly").Select(r => (r.Due.Day, r.Job, r.Reason)).ShouldBe(
            [(23, null, "the job of the time before has not ended"), (22, job, null)]);
    }

    [Fact]
    public async Task A_schedule_that_was_changed_before_its_begun_job_was_known_keeps_that_job()
    {
        Set("nightly", "0 2 * * *", "2h");
        _clock.Advance(TimeSpan.FromHours(1));
        _jobs.Dies = true;
        await Should.ThrowAsync<AggregateException>(() => LookAsync());
        _jobs.Dies = false;
        Set("nightly", "0 2 * * *", "3h");
        await LookAsync();
        Book.Runs("nightly").ShouldHaveSingleItem().Job.ShouldBe(_jobs.IdOf(_jobs.All.ShouldHaveSingleItem()));
    }

    [Fact]
    public async Task A_damaged_schedule_keeps_no_other_from_its_times()
    {
        Set("a", "0 2 * * *");
        Set("b", "0 2 * * *");
        var file = Path.Combine(_folder, "a", "schedule.json");
        await File.WriteAllTextAsync(file, "{ \n", TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        (await Should.ThrowAsync<AggregateException>(() => LookAsync())).Message.ShouldContain($"{file}, line 2: not a file of a schedule");
        _jobs.All.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_time_whose_job_before_still_runs_or_that_cannot_be_submitted_is_missed_with_the_reason()
    {
        Set("often", "0 * * * *");
        _clock.Advance(TimeSpan.FromHours(1));
        await LookAsync();
        _clock.Advance(TimeSpan.FromHours(1));
        await LookAsync();
        Book.Runs("often")[0].Reason.ShouldBe("the job of the time before has not ended");
        _jobs.End();
        _jobs.Refuses = "there is no file bars.csv";
        _clock.Advance(TimeSpan.FromHours(1));
        await LookAsync();
        (Book.Runs("often")[0].Outcome, Book.Runs("often")[0].Reason).ShouldBe((ScheduleOutcome.Missed, "there is no file bars.csv"));
        _jobs.All.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_disabled_schedule_has_no_times_and_a_changed_one_none_from_before()
    {
        Set("off", "0 2 * * *", enabled: false);
        _clock.Advance(TimeSpan.FromDays(2));
        (await LookAsync()).ShouldBeNull();
        Set("off", "0 2 * * *");
        await LookAsync();
        Book.Runs("off").ShouldBeEmpty();
        Book.Remove("off").ShouldBeTrue();
        Book.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backtest_is_submitted_as_its_batch_alone()
    {
        Book.Set(Reader.Read("nightly", """{ "cron": "0 2 * * *", "job": { "kind": "backtest", "batch": { "name": "a" } } }"""u8.ToArray(),
            _folder) with
        { Who = "desk", ChangedAt = _clock.GetUtcNow() });
        _clock.Advance(TimeSpan.FromHours(1));
        await LookAsync();
        Encoding.UTF8.GetString(_jobs.All.ShouldHaveSingleItem().Job.Text.Body).ShouldBe("""{"name":"a"}""");
    }

    [Theory]
    [InlineData("""{ "cron": "0 2 * * *" }""", "'job' is missing")]
    [InlineData("""{ "cron": "0 2 * * *", "job": "train" }""", "job: an object is needed")]
    [InlineData("""{ "cron": "0 2 * * *", "job": { "kind": "train" }, "windw": "2h" }""", "did you mean 'window'?")]
    [InlineData("""{ "cron": "0 2 * * *", "job": { "kind": "train" }, "window": "long" }""", "window: 'long' is not a length of time")]
    [InlineData("""{ "cron": "0 2 * * *", "job": { "kind": "trian" } }""", "there is no kind of job 'trian'; did you mean 'train'?")]
    [InlineData("""{ "cron": "0 2 * * *", "job": { "kind": "backtest" } }""", "'batch' is missing")]
    [InlineData("""{ "cron": "0 2 * * *", "job": { "kind": "backtest", "batch": {}, "run": "a" } }""", "there is no key 'run'")]
    [InlineData("""{ "cron": "0 2 * * *", "job": { "kind": "train", "promoteUntil": "2026-01-01" } }""", "give \"window\" instead")]
    public void What_is_no_schedule_is_one_sentence(string text, string sentence) =>
        Should.Throw<InputException>(() => Reader.Read("nightly", Encoding.UTF8.GetBytes(text), _folder)).Message
            .ShouldContain(sentence);

    private sealed class EchoKind(string name) : JobKind
    {
        public override string Name => name;

        public override string Summary => "Does nothing.";

        public override Job Read(JobText text, GranaryCatalogues catalogues) => new EchoJob(text);
    }

    private sealed class EchoJob(JobText text) : Job(text, "echo")
    {
        public override double Work => 1;

        public override Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
