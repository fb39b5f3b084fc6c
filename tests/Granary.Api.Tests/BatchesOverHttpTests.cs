using System.Net;
using System.Text;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Testing;

namespace Granary.Api.Tests;

public class BatchesOverHttpTests(SharedServers servers)
{
    [Fact]
    public async Task A_submitted_batch_is_accepted_with_its_location_and_can_be_followed_to_its_files()
    {
        await using var server = await ApiServer.StartAsync();
        using var answer = await server.Client.SendAsync(ApiServer.Submission());
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var batch = await answer.ReadAsync<JobStatus>();
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/batches/{batch.Id}");
        batch.State.ShouldBe(JobState.Queued);
        batch.SubmittedBy.ShouldBe("local");
        batch.Id.ShouldStartWith("orcl-sma-");
        for (var i = 0; i < 3; i++) server.Host.Go();

        var done = await server.UntilAsync(batch.Id, s => s.Ended);
        (done.State, done.Digest, done.Trades, done.Seconds, done.Progress.Done).ShouldBe((JobState.Done, "cafe", 7, 0.5, 3));
        done.Files.ShouldBe(["results.json", "trades.csv"]);
        using var file = await server.Client.GetAsync($"/api/v1/batches/{batch.Id}/files/trades.csv");
        file.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        (await file.Content.ReadAsStringAsync()).ShouldBe("strategy,symbol\n");
        using var list = await server.Client.GetAsync("/api/v1/batches");
        (await list.ReadAsync<List<JobStatus>>()).Select(b => b.Id).ShouldBe([batch.Id]);
    }

    [Fact]
    public async Task Relative_paths_start_from_the_folder_that_the_submission_names()
    {
        await using var server = await ApiServer.StartAsync();
        (await server.Client.SendAsync(ApiServer.Submission(query: "?folder=/srv/batches&file=my.json"))).StatusCode.ShouldBe(
            HttpStatusCode.Accepted);
        (await server.Client.SendAsync(ApiServer.Submission(query: "?folder=sub"))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        for (var i = 0; i < 6; i++) server.Host.Go();
        await Eventually.HoldsAsync(() => server.Host.Specs.Count >= 2);
        server.Host.Specs.Select(s => s.Folder).ShouldBe(["/srv/batches", Path.Combine(server.Folder, "sub")]);
    }

    [Theory]
    [InlineData("csv:../elsewhere")]
    [InlineData("csv:/etc")]
    [InlineData("store:../bars")]
    public async Task A_confining_server_reads_nothing_outside_its_data_folder(string source)
    {
        var server = await servers.ConfinedAsync;
        using var answer = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("csv:bars", source)));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
        await server.SubmitAsync();
    }

    [Theory]
    [InlineData("csv:../elsewhere", "")]
    [InlineData("csv:bars", "/etc")]
    [InlineData("csv:bars", "..")]
    public async Task A_confining_server_reads_no_part_of_several_sources_outside_its_data_folder(string source, string folder)
    {
        var server = await servers.ConfinedAsync;
        using var answer = await server.Client.SendAsync(ApiServer.Submission($$"""
            { "data": { "parts": [{ "source": "{{source}}", "folder": "{{folder}}", "symbols": "*", "timeframe": "1d" }] },
              "strategies": [{ "class": "SmaCross" }] }
            """));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Theory]
    [InlineData("\"portfolio\": { \"weights\": \"ppo\", \"allocator\": { \"registry\": \"../models\" } }")]
    [InlineData("\"learning\": { \"registry\": \"/tmp/models\" }")]
    public async Task A_confining_server_writes_no_model_outside_its_data_folder(string section)
    {
        var server = await servers.ConfinedAsync;
        var batch = ApiServer.Batch.TrimEnd();
        using var answer = await server.Client.SendAsync(ApiServer.Submission($"{batch[..^1]} {section} }}"));
        (await answer.ProblemAsync(400)).ShouldContain("models' leads out of the server's data folder");
    }

    [Fact]
    public async Task A_wrong_batch_is_refused_with_the_line_and_the_key()
    {
        await using var server = await ApiServer.StartAsync();
        using var answer = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("timeframe", "timefrane"),
            query: "?file=my.json"));
        var sentence = await answer.ProblemAsync(400);
        sentence.ShouldContain("my.json, line 4");
        sentence.ShouldContain("timefrane");
        Directory.GetDirectories(server.Folder).Select(Path.GetFileName).ShouldBe([".audit"]);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_whether_or_not_it_says_its_length()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { LongestBatch = 2000 });
        using var known = await server.Client.SendAsync(ApiServer.Submission(new string(' ', 2001)));
        (await known.ProblemAsync(413)).ShouldContain("2000 bytes");
        var chunked = ApiServer.Submission();
        chunked.Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 5000))));
        chunked.Headers.TransferEncodingChunked = true;
        using var unknown = await server.Client.SendAsync(chunked);
        await unknown.ProblemAsync(413);
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_same_batch_and_another_text_under_it_is_refused()
    {
        var server = await servers.PlainAsync;
        var first = await server.SubmitAsync(key: "tonight");
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.SubmitAsync(key: "tonight")));
        all.Select(b => b.Id).Distinct().ShouldBe([first.Id]);
        using var other =
            await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("\"fast\": 10", "\"fast\": 11"), "tonight"));
        (await other.ProblemAsync(422)).ShouldContain(first.Id);
        (await server.SubmitAsync(key: "tomorrow")).Id.ShouldNotBe(first.Id);
        (await server.SubmitAsync()).Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task Events_give_the_status_at_once_then_each_change_and_end_with_the_batch()
    {
        await using var server = await ApiServer.StartAsync();
        var batch = await server.SubmitAsync();
        using var answer = await server.Client.GetAsync($"/api/v1/batches/{batch.Id}/events", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var events = new List<(string Kind, JobStatus Status)>();
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var status = System.Text.Json.JsonSerializer.Deserialize<JobStatus>(item.Data, JobJson.Options)!;
            item.EventId.ShouldBe(status.Revision.ToString());
            events.Add((item.EventType, status));
            server.Host.Go();
        }
        events.Count.ShouldBeGreaterThanOrEqualTo(3);
        events.Select(e => e.Status.Revision).ShouldBeInOrder(SortDirection.Ascending);
        events.SkipLast(1).ShouldAllBe(e => e.Kind == "progress");
        events[^1].Kind.ShouldBe("done");
        events[^1].Status.Digest.ShouldBe("cafe");

        // who connects after the end gets the end
        var late = await server.Client.GetStringAsync($"/api/v1/batches/{batch.Id}/events");
        late.ShouldContain("event: done");
    }

    [Fact]
    public async Task A_silent_stream_of_events_repeats_its_last_event()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { EventHeartbeat = TimeSpan.FromMilliseconds(30) });
        var batch = await server.SubmitAsync();
        using var answer = await server.Client.GetAsync($"/api/v1/batches/{batch.Id}/events", HttpCompletionOption.ResponseHeadersRead);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
            if ((seen[item.EventId!] = seen.GetValueOrDefault(item.EventId!) + 1) == 3) break;
    }

    [Fact]
    public async Task A_running_batch_is_cancelled_and_a_waiting_one_never_starts()
    {
        await using var server = await ApiServer.StartAsync();
        var running = await server.SubmitAsync();
        var waiting = await server.SubmitAsync();
        server.Host.Go();
        await server.UntilAsync(running.Id, s => s.Progress.Done == 1);
        using var queued = await server.Client.DeleteAsync($"/api/v1/batches/{waiting.Id}");
        (await queued.ReadAsync<JobStatus>()).State.ShouldBe(JobState.Cancelled);
        using var asked = await server.Client.DeleteAsync($"/api/v1/batches/{running.Id}");
        asked.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await server.UntilAsync(running.Id, s => s.Ended)).State.ShouldBe(JobState.Cancelled);
        using var again = await server.Client.DeleteAsync($"/api/v1/batches/{running.Id}");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Host.Begun.Count.ShouldBe(1);
        using var file = await server.Client.GetAsync($"/api/v1/batches/{running.Id}/files/trades.csv");
        await file.ProblemAsync(404);
    }

    [Fact]
    public async Task A_cancelled_batch_is_resumed_in_its_folder_and_no_other_is()
    {
        await using var server = await ApiServer.StartAsync();
        var batch = await server.SubmitAsync();
        var waiting = await server.SubmitAsync();
        server.Host.Go();
        await server.UntilAsync(batch.Id, s => s.Progress.Done == 1);
        using var early = await server.Client.PostAsync($"/api/v1/batches/{batch.Id}/resume", null);
        (await early.ProblemAsync(409)).ShouldContain(
            "only a cancelled batch, or one that failed for another reason than its input, can be resumed");
        foreach (var id in (string[])[waiting.Id, batch.Id]) (await server.Client.DeleteAsync($"/api/v1/batches/{id}")).Dispose();
        await server.UntilAsync(batch.Id, s => s.Ended);

        foreach (var id in (string[])[batch.Id, waiting.Id])
        {
            using var resumed = await server.Client.PostAsync($"/api/v1/jobs/{id}/resume", null);
            resumed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            for (var i = 0; i < 3; i++) server.Host.Go();
            (await server.UntilAsync(id, s => s.Ended)).State.ShouldBe(JobState.Done);
        }
        server.Host.Begun.Select(Path.GetFileName).ShouldBe([batch.Id, batch.Id, waiting.Id]);
        server.Host.Resumed.ShouldBe([false, true, false], "what was cancelled while it waited has nothing to continue from");
        using var unknown = await server.Client.PostAsync("/api/v1/jobs/nothing-20260101T000000Z-aaaa/resume", null);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_batch_whose_input_is_wrong_fails_with_the_sentence_and_the_next_one_runs()
    {
        await using var server = await ApiServer.StartAsync();
        var bad = await server.SubmitAsync();
        var good = await server.SubmitAsync();
        server.Host.Throw(new InputException("bars/orcl.csv, line 3: the close is missing"));
        var failed = await server.UntilAsync(bad.Id, s => s.Ended);
        (failed.State, failed.Fault).ShouldBe((JobState.Failed, "bars/orcl.csv, line 3: the close is missing"));
        for (var i = 0; i < 3; i++) server.Host.Go();
        (await server.UntilAsync(good.Id, s => s.Ended)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_batch_whose_folder_is_removed_while_it_runs_fails_and_the_next_one_runs()
    {
        await using var server = await ApiServer.StartAsync();
        var removed = await server.SubmitAsync();
        var next = await server.SubmitAsync();
        await server.UntilAsync(removed.Id, s => s.State == JobState.Running);
        await Eventually.IsAsync(() => Task.FromResult(server.Host.Begun.Count), n => n == 1);
        Directory.Delete(Path.Combine(server.Folder, removed.Id), recursive: true);
        for (var i = 0; i < 6; i++) server.Host.Go();
        (await server.UntilAsync(removed.Id, s => s.Ended)).State.ShouldBe(JobState.Failed);
        (await server.UntilAsync(next.Id, s => s.Ended)).State.ShouldBe(JobState.Done);
        (await server.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_accepted_runs_after_a_restart_and_what_was_done_stays_known()
    {
        var folder = Directory.CreateTempSubdirectory("granary-api-").FullName;
        try
        {
            string done, running, waiting;
            await using (var first = await ApiServer.StartAsync(folder: folder))
            {
                for (var i = 0; i < 4; i++) first.Host.Go();
                done = (await first.SubmitAsync(key: "a")).Id;
                running = (await first.SubmitAsync(key: "b")).Id;
                waiting = (await first.SubmitAsync(key: "c")).Id;
                await first.UntilAsync(running, s => s.Progress.Done == 1);
            }
            await using var second = await ApiServer.StartAsync(folder: folder);
            (await second.UntilAsync(done, _ => true)).State.ShouldBe(JobState.Done);
            for (var i = 0; i < 6; i++) second.Host.Go();
            (await second.UntilAsync(running, s => s.Ended)).State.ShouldBe(JobState.Done);
            (await second.UntilAsync(waiting, s => s.Ended)).State.ShouldBe(JobState.Done);
            second.Host.Resumed.ShouldBe([true, false], "what ran continues, and what waited begins");
            (await second.SubmitAsync(key: "b")).Id.ShouldBe(running);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("GET", "/api/v1/batches/nothing")]
    [InlineData("GET", "/api/v1/batches/nothing/events")]
    [InlineData("GET", "/api/v1/batches/..%2f..%2fetc/files/passwd")]
    [InlineData("DELETE", "/api/v1/batches/nothing")]
    [InlineData("GET", "/api/v1/nowhere")]
    public async Task What_is_not_there_is_a_problem_of_404(string method, string path)
    {
        var server = await servers.PlainAsync;
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        (await answer.ProblemAsync(404)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Only_files_that_the_run_lists_are_given_out()
    {
        string[] names = ["..%2f..%2fsecret.txt", ".submission%2fbatch.json", ".submission", "nothing.csv"];
        await using var server = await ApiServer.StartAsync();
        var batch = await server.SubmitAsync();
        foreach (var name in names) await (await FileAsync(name)).ProblemAsync(409);
        for (var i = 0; i < 3; i++) server.Host.Go();
        await server.UntilAsync(batch.Id, s => s.Ended);
        foreach (var name in names)
            (await (await FileAsync(name)).ProblemAsync(404)).ShouldContain("results.json, trades.csv", customMessage: name);

        Task<HttpResponseMessage> FileAsync(string name) => server.Client.GetAsync($"/api/v1/batches/{batch.Id}/files/{name}");
    }
}
