using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Contracts.Jobs;
using Granary.Contracts.Schedules;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

/// <summary>Schedules over HTTP, whose jobs a server submits when they are due, over restarts and ends of the process.</summary>
public sealed class SchedulesOverHttpTests : IDisposable
{
    private const string Path = "/api/v1/schedules";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-schedules-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 22, 1, 0, 0, TimeSpan.Zero));
    private readonly HeldJobs _held = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<ApiServer> ServerAsync(ApiKeys? keys = null, Func<IServiceProvider, IJobService>? jobs = null)
    {
        // The run that the schedules name.
        var run = Directory.CreateDirectory(System.IO.Path.Combine(_folder, "20261121-000000-two-cafe")).FullName;
        await File.WriteAllTextAsync(System.IO.Path.Combine(run, "manifest.json"), "{}");
        return await ApiServer.StartAsync(keys, _folder, _held, add: services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            if (jobs is not null) services.AddSingleton(jobs);
        });
    }

    private static string Body(string cron = "0 2 * * *", string more = """, "window": "2h", "why": "after the import" """) => $$"""
        {
          "cron": "{{cron}}",
          "job": { "kind": "verify", "run": "20261121-000000-two-cafe" }
          {{more}}
        }
        """;

    [Fact]
    public async Task The_next_three_times_are_shown_of_a_schedule_and_of_an_expression()
    {
        await using var server = await ServerAsync();
        DateTimeOffset[] days = [.. Enumerable.Range(22, 3).Select(day => new DateTimeOffset(2026, 11, day, 2, 0, 0, TimeSpan.Zero))];
        (await server.Client.GetFromJsonAsync<DateTimeOffset[]>("/api/v1/catalogue/cron?cron=0%202%20*%20*%20*")).ShouldBe(days);
        // New York is five hours behind.
        (await server.Client.GetFromJsonAsync<DateTimeOffset[]>("/api/v1/catalogue/cron?cron=0%202%20*%20*%20*&timeZone=America/New_York"))
            .ShouldBe(days.Select(d => d.AddHours(5)));
        using var zone = await server.Client.GetAsync("/api/v1/catalogue/cron?cron=0%202%20*%20*%20*&timeZone=Mars");
        (await zone.ProblemAsync(400)).ShouldContain("'Mars' is not a time zone that this machine knows");
        using var wrong = await server.Client.GetAsync("/api/v1/catalogue/cron?cron=0%2099%20*%20*%20*");
        (await wrong.ProblemAsync(400)).ShouldContain("has the number 99, which is too large for every field");
        using var set = await PutAsync(server.Client, "nightly", Body());
        (await set.ReadAsync<ScheduleDetails>()).Upcoming.ShouldBe(days);
        using var local = await PutAsync(server.Client, "nightly", Body(more: """, "timeZone": "America/New_York" """));
        (await local.ReadAsync<ScheduleDetails>()).ShouldSatisfyAllConditions(s => s.TimeZone.ShouldBe("America/New_York"),
            s => s.Upcoming.ShouldBe(days.Select(d => d.AddHours(5))));
        using var paused = await PutAsync(server.Client, "nightly", Body(more: """, "enabled": false"""));
        (await paused.ReadAsync<ScheduleDetails>()).Upcoming.ShouldBeEmpty();
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string name, string body, string query = "") =>
        await client.PutAsync($"{Path}/{name}{query}", new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<List<ScheduledJob>> RunsAsync(ApiServer server) =>
        (await server.Client.GetFromJsonAsync<List<ScheduledJob>>($"{Path}/nightly/runs", JobJson.Options))!;

    // The clock goes on as long as the server has not looked.
    private Task<List<ScheduledJob>> UntilAsync(ApiServer server, Func<List<ScheduledJob>, bool> what) => Eventually.IsAsync(() =>
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return RunsAsync(server);
    }, what);

    [Fact]
    public async Task An_administrator_sets_changes_and_removes_a_schedule_and_a_viewer_reads_it()
    {
        var file = System.IO.Path.Combine(_folder, "keys.json");
        var keys = new List<string>();
        foreach (var role in Enum.GetValues<Role>()) keys.Add(await ApiKeys.AddAsync(file, $"{role}", role, TimeProvider.System));
        await using var server = await ServerAsync(ApiKeys.Open(file));
        var (viewer, admin) = (server.As(keys[(int)Role.Viewer]), server.As(keys[(int)Role.Admin]));

        using var made = await PutAsync(admin, "nightly", Body());
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        made.Headers.Location!.ToString().ShouldBe($"{Path}/nightly");
        using var changed = await PutAsync(admin, "nightly", Body("30 3 * * SUN", """, "enabled": false """));
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await changed.ReadAsync<ScheduleDetails>()).Next.ShouldBeNull();
        await PutAsync(admin, "nightly", Body());

        var shown = (await viewer.GetFromJsonAsync<ScheduleDetails>($"{Path}/nightly", JobJson.Options))!;
        (shown.Cron, shown.WindowMinutes, shown.Kind, shown.Enabled, shown.Who, shown.Why).ShouldBe(
            ("0 2 * * *", 120, "verify", true, "Admin", "after the import"));
        (shown.Next, shown.Last).ShouldBe((_clock.GetUtcNow().AddHours(1), null));
        shown.Job.GetProperty("run").GetString().ShouldBe("20261121-000000-two-cafe");
        (await viewer.GetFromJsonAsync<List<ScheduleDetails>>(Path, JobJson.Options))!.ShouldHaveSingleItem().Name.ShouldBe("nightly");
        foreach (var weaker in keys.Where((_, role) => role != (int)Role.Admin))
        {
            await (await PutAsync(server.As(weaker), "nightly", Body())).ProblemAsync(403);
            await (await server.As(weaker).DeleteAsync($"{Path}/nightly")).ProblemAsync(403);
        }

        (await admin.DeleteAsync($"{Path}/nightly")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await admin.GetStringAsync(Path)).ShouldBe("[]");
        foreach (var below in (string[])["", "/runs"])
            (await (await viewer.GetAsync($"{Path}/nightly{below}")).ProblemAsync(404)).ShouldContain("there is no schedule 'nightly'");
        await (await admin.DeleteAsync($"{Path}/nightly")).ProblemAsync(404);

        var entries = (await admin.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!["items"]!.AsArray();
        entries.Select(e => ((string)e!["what"]!, (string)e["who"]!, (string?)e["before"]?["cron"], (string?)e["after"]?["cron"])).ShouldBe(
            [("removeSchedule", "Admin", "0 2 * * *", null), ("setSchedule", "Admin", "30 3 * * SUN", "0 2 * * *"),
             ("setSchedule", "Admin", "0 2 * * *", "30 3 * * SUN"), ("setSchedule", "Admin", null, "0 2 * * *")]);
    }

    [Fact]
    public async Task What_is_no_schedule_is_refused_with_the_line_the_field_and_what_to_write()
    {
        await using var server = await ServerAsync();
        foreach (var (body, sentence) in new[]
        {
            ("{ \n ", "schedule.json, line 2"),
            (Body("0 25 * * *"), "schedule.json, line 2, cron: '0 25 * * *' is not a cron expression"),
            (Body("0 2 * *"), "has 4 fields; give five: minute, hour"),
            (Body(more: ", \"window\": \"soon\""), "schedule.json, line 4, window: 'soon' is not a length of time; write it as 30m, 4h or 2d"),
            (Body(more: ", \"windw\": \"2h\""), "did you mean 'window'?"),
            (Body().Replace("\"run\"", "\"rum\""), "schedule.json, line 3, rum: there is no key 'rum'; did you mean 'run'?"),
            (Body().Replace("two-cafe", "two-gone"), "line 3, run: there is no finished run '20261121-000000-two-gone' here"),
            (Body().Replace("verify", "trian"), "there is no kind of job 'trian'; did you mean 'train'?"),
            (Body().Replace("verify", "backtest"), "schedule.json, line 3, job.run: there is no key 'run'"),
            ("""{ "cron": "0 2 * * *" }""", "'job' is missing"),
        })
            (await (await PutAsync(server.Client, "nightly", body)).ProblemAsync(400)).ShouldContain(sentence);
        (await (await PutAsync(server.Client, "nightly", Body("0 25 * * *"), "?file=jobs/night.json")).ProblemAsync(400))
            .ShouldContain("jobs/night.json, line 2, cron: '0 25 * * *'");
        (await (await PutAsync(server.Client, ".hidden", Body())).ProblemAsync(400)).ShouldContain("is not a name of a schedule; use 1 to 64");
        (await server.Client.GetStringAsync(Path)).ShouldBe("[]");
    }

    [Fact]
    public async Task A_schedule_outlives_the_server_and_a_time_that_passed_meanwhile_runs_late_or_is_recorded_as_missed()
    {
        await using (var server = await ServerAsync())
        {
            (await PutAsync(server.Client, "nightly", Body())).EnsureSuccessStatusCode();
            _clock.Advance(TimeSpan.FromHours(1));
            var first = (await UntilAsync(server, r => r is [{ State: JobState.Running }]))[0];
            (first.Due, first.Outcome, first.Reason).ShouldBe((At(22), ScheduleOutcome.Submitted, null));
            _held.Go();
            await UntilAsync(server, r => r[0].State == JobState.Done);
            var job = (await server.Client.GetFromJsonAsync<JobStatus>($"/api/v1/jobs/{first.Job}", JobJson.Options))!;
            (job.Kind, job.SubmittedBy).ShouldBe(("verify", "local"));
        }
        // To the 24th, 03:00: the window of the newest time is not over.
        _clock.Advance(At(24).AddHours(1) - _clock.GetUtcNow());
        await using (var server = await ServerAsync())
        {
            var runs = await UntilAsync(server, r => r.Count == 3 && r[0].Job is not null);
            runs.Select(r => (r.Due, r.Outcome)).ShouldBe([(At(24), ScheduleOutcome.Submitted), (At(23), ScheduleOutcome.Missed),
                (At(22), ScheduleOutcome.Submitted)]);
            (runs[1].Job, runs[1].Reason).ShouldBe((null, "a later time was due when the server came back"));
            _held.Go();
        }
        // To the 25th, 05:00: it is.
        _clock.Advance(At(25).AddHours(3) - _clock.GetUtcNow());
        await using (var server = await ServerAsync())
        {
            var missed = (await UntilAsync(server, r => r.Count == 4))[0];
            (missed.Due, missed.Outcome, missed.Job).ShouldBe((At(25), ScheduleOutcome.Missed, null));
            missed.Reason.ShouldNotBeNull()
                .ShouldStartWith("its window ended at 2026-11-25 04:00:00Z, and the server came back at 2026-11-25 05:0");
        }

        static DateTimeOffset At(int day) => new(2026, 11, day, 2, 0, 0, TimeSpan.Zero);
    }

    // What a killed process leaves: the time is recorded, and the job may have been accepted.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_ends_between_the_record_and_the_answer_of_the_queue_leaves_one_job(bool accepted)
    {
        CutOffJobs? cut = null;
        await using (var server = await ServerAsync(jobs: s => cut = new CutOffJobs(s.GetRequiredService<LocalJobs>(), accepted)))
        {
            (await PutAsync(server.Client, "nightly", Body())).EnsureSuccessStatusCode();
            _clock.Advance(TimeSpan.FromHours(1));
            var begun = (await UntilAsync(server, r => r.Count == 1 && cut!.WasReached)).Single();
            (begun.Outcome, begun.Job).ShouldBe((ScheduleOutcome.Submitted, null));
            (await JobsAsync(server)).Count.ShouldBe(accepted ? 1 : 0);
        }
        await using (var server = await ServerAsync())
        {
            var run = (await UntilAsync(server, r => r[0].Job is not null)).Single();
            (await JobsAsync(server)).ShouldHaveSingleItem().Id.ShouldBe(run.Job);
            _held.Go();
            await UntilAsync(server, r => r[0].State == JobState.Done);
        }

        static async Task<IReadOnlyList<JobStatus>> JobsAsync(ApiServer server) =>
            (await server.Client.GetFromJsonAsync<JobPage>("/api/v1/jobs", JobJson.Options))!.Items;
    }
}
