using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Jobs;
using Granary.Contracts.Schedules;
using Granary.Server.Audit;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary serve</c> killed while jobs wait, and started again on the same folder.</summary>
public sealed class KilledServerTests(SharedServer shared) : IDisposable
{
    private readonly TestFolder _folder = new();
    private Process? _server;

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private void Kill()
    {
        if (_server is null) return;
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        _server = null;
    }

    private async Task<HttpClient> ServeAsync()
    {
        TestCosts.Count(Started.Server);
        _server = GranaryProcess.Start(_folder.Path, ["serve", "--urls", "http://127.0.0.1:0", "--runs", _folder.At("served")]);
        return new HttpClient { BaseAddress = new Uri(await ListeningServer.AddressAsync(_server)) };
    }

    // The first two run for long enough that the others are queued behind them.
    private static JsonObject Batch(int number) => JsonNode.Parse($$"""
        { "name": "batch {{number}}", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h",
            "to": "{{(number < 2 ? "2023-07-01" : "2022-06-01")}}" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 8, 10, 12], "slow": [30, 40, {{50 + number}}] },
            "size": { "percentOfEquity": 20 } } ] }
        """)!.AsObject();

    private static async Task<string> SubmitAsync(HttpClient http, string path, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    [Fact]
    public async Task Ten_batches_and_two_jobs_that_were_queued_at_a_SIGKILL_all_end_after_the_next_start()
    {
        var ids = new List<string>();
        using (var http = await ServeAsync())
        {
            for (var i = 0; i < 10; i++) ids.Add(await SubmitAsync(http, "/api/v1/batches", Batch(i)));
            var windows = Batch(20);
            windows["walkForward"] = JsonNode.Parse("""{ "inSample": "2mo", "outOfSample": "1mo" }""");
            ids.Add(await SubmitAsync(http, "/api/v1/jobs", new JsonObject { ["kind"] = "walkforward", ["batch"] = windows }));
            ids.Add(await SubmitAsync(http, "/api/v1/jobs", new JsonObject { ["kind"] = "walkforward", ["batch"] = windows.DeepClone() }));
        }
        Kill();

        using var again = await ServeAsync();
        foreach (var id in ids)
        {
            var end = await Eventually.IsAsync(async () => JsonDocument.Parse(await again.GetStringAsync("/api/v1/jobs/" + id)).RootElement,
                s => s.GetProperty("ended").GetBoolean());
            end.GetProperty("state").GetString().ShouldBe("done", end.ToString());
        }
        (await again.GetFromJsonAsync<JsonObject>("/api/v1/jobs"))!["items"]!.AsArray().Count.ShouldBe(12);
    }

    // The other tests of this class start the next server after the first has ended.
    [Fact]
    public async Task A_second_server_of_a_folder_is_refused_in_one_sentence_until_the_first_has_ended()
    {
        await shared.UrlAsync;
        var second = await GranaryProcess.RunInAsync(_folder.Path, "serve", "--urls", "http://127.0.0.1:0", "--runs", shared.Runs);
        second.ExitCode.ShouldBe(2);
        second.Error.Trim().ShouldNotContain("\n");
        second.Error.ShouldContain($"is in use by a server on http://127.0.0.1:0, process {shared.ProcessId} on ");
    }

    // Wherever the kill falls, what was changed has an entry: that of the operation, or the one that the next start makes.
    [Fact]
    public async Task Each_version_of_weights_that_is_kept_has_an_entry_of_the_audit_log_however_often_the_server_is_killed()
    {
        var random = new Random(11);
        var version = 0L;
        for (var round = 0; round < TestEffort.Of(1, 20); round++)
        {
            using (var http = await ServeAsync())
            {
                var end = Stopwatch.StartNew();
                var limit = TimeSpan.FromMilliseconds(random.Next(50, 400));
                var writing = Task.Run(async () =>
                {
                    while (true) version = await SetWeightsAsync(http, version);
                }, CancellationToken.None);
                await Eventually.HoldsAsync(() => end.Elapsed > limit);
                Kill();
                await Should.ThrowAsync<HttpRequestException>(() => writing);
            }
            using var again = await ServeAsync();
            var log = new AuditLog(Path.Combine(_folder.At("served"), AuditLog.FileName), TimeProvider.System);
            await Eventually.HoldsAsync(() => log.Open().Count == 0);
            // A server that was killed early has set none.
            var kept = await again.GetAsync("/api/v1/portfolios/main/weights") is { IsSuccessStatusCode: true } found
                ? (await found.Content.ReadFromJsonAsync<JsonObject>())!["version"]!.GetValue<long>() : 0;
            log.Verify().Fault.ShouldBeNull();
            var recorded = log.Newest(long.MaxValue, int.MaxValue).Where(e => e.What == "setWeights")
                .Select(e => e.After?["version"]?.GetValue<long>() ?? 0).ToHashSet();
            Enumerable.Range(1, (int)kept).Select(v => (long)v).Except(recorded).ShouldBeEmpty();
            kept.ShouldBeGreaterThanOrEqualTo(version);
            version = kept;
            Kill();
        }
    }

    private static async Task<long> SetWeightsAsync(HttpClient http, long version)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/portfolios/main/weights")
        {
            Content = JsonContent.Create(new { weights = new Dictionary<string, double> { ["a"] = 0.5 } }),
        };
        if (version == 0) put.Headers.TryAddWithoutValidation("If-None-Match", "*");
        else put.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        using var answer = await http.SendAsync(put);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return version + 1;
    }

    // A kill at any moment from the record on; SchedulesOverHttpTests ends a server at each of the two places between which it falls.
    [Fact]
    public async Task A_job_whose_time_was_just_recorded_at_a_SIGKILL_is_there_once_after_the_next_start()
    {
        var runs = _folder.At("served");
        var book = new ScheduleBook(Path.Combine(runs, ".schedules"));
        // Of a run whose batch is gone.
        const string Run = "20261121-000000-none-cafe";
        Directory.CreateDirectory(Path.Combine(runs, Run));
        await File.WriteAllTextAsync(Path.Combine(runs, Run, "manifest.json"), "{}");
        var today = DateTime.UtcNow.Date;
        var due = Enumerable.Range(0, 9).Select(y => today.Year - y).Where(DateTime.IsLeapYear)
            .Select(y => new DateTimeOffset(y, 2, 29, 0, 0, 0, TimeSpan.Zero)).First(d => d.UtcDateTime <= today);
        book.Set(new JobSchedule
        {
            Name = "rare",
            Cron = "0 0 29 2 *",
            Job = JsonElement.Parse($$"""{ "kind": "verify", "run": "{{Run}}" }"""),
            Folder = _folder.Path,
            Who = "desk",
            ChangedAt = due.AddMinutes(-1),
        });
        using (await ServeAsync())
            await Eventually.HoldsAsync(() => book.Runs("rare").Count > 0);
        Kill();

        using var again = await ServeAsync();
        var run = (await Eventually.IsAsync(() => Task.FromResult(book.Runs("rare")), r => r is [{ Job: not null }])).Single();
        (run.Due, run.Outcome).ShouldBe((due, ScheduleOutcome.Submitted));
        var jobs = (await again.GetFromJsonAsync<JsonObject>("/api/v1/jobs"))!["items"]!.AsArray();
        jobs.ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(run.Job);
        // The list of schedules shows that it failed.
        var last = await Eventually.IsAsync(
            async () => (await again.GetFromJsonAsync<List<ScheduleDetails>>("/api/v1/schedules", JobJson.Options))!.Single().Last,
            l => l?.State == JobState.Failed);
        (last!.Job, last.Outcome).ShouldBe((run.Job, ScheduleOutcome.Submitted));
        last.Reason.ShouldNotBeNull().ShouldContain("manifest.json");

        var host = again.BaseAddress!.ToString();
        var listed = await GranaryCall.RunAsync("schedules", "list", "--host", host);
        (listed.ExitCode, listed.Error).ShouldBe((0, ""));
        listed.Output.ShouldContain("rare");
        listed.Output.ShouldContain("failed: ");
        (await GranaryCall.RunAsync("schedules", "runs", "rare", "--host", host)).Output.ShouldContain(run.Job!);
        var file = _folder.At("nightly.json");
        await File.WriteAllTextAsync(file, """{ "cron": "0 2 * * *", "job": { "kind": "trian" } }""");
        var wrong = await GranaryCall.RunAsync("schedules", "set", "nightly", file, "--host", host);
        (wrong.ExitCode, wrong.Error).ShouldSatisfyAllConditions(w => w.ExitCode.ShouldNotBe(0),
            w => w.Error.ShouldContain("nightly.json: there is no kind of job 'trian'; did you mean 'train'?"));
        await File.WriteAllTextAsync(file, $$"""
            { "cron": "0 2 * * *", "enabled": false, "job": { "kind": "verify", "run": "{{Run}}" } }
            """);
        (await GranaryCall.RunAsync("schedules", "set", "nightly", file, "--host", host)).Output.ShouldContain("nightly: disabled");
        (await GranaryCall.RunAsync("schedules", "remove", "rare", "--host", host)).Output.ShouldContain("rare: removed");
        book.All().ShouldHaveSingleItem().Name.ShouldBe("nightly");
    }
}
