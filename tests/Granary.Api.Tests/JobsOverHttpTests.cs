using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Jobs of every kind over HTTP, computed by the real host over the bars that the repository has.</summary>
public sealed class JobsOverHttpTests(RealServer real) : IClassFixture<RealServer>
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch(string more = "") => $$"""
        {
          "name": "two",
          "data": { "source": "csv:{{s_bars}}", "symbols": ["alpha-daily"], "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "sides": "long", "size": { "units": 10 } } ]
          {{more}}
        }
        """;

    private const string Learning = """
        , "learning": { "trainer": "logistic", "label": "direction", "features": ["rsi(14)"], "registry": "models",
            "walkForward": { "train": 200, "test": 100 }, "experiment": { "trainers": ["logistic"], "labels": ["direction"] } }
        """;

    [Theory]
    [InlineData("walkforward", ", \"walkForward\": { \"inSample\": \"1y\", \"outOfSample\": \"6mo\" }", "report.html", "results.json")]
    [InlineData("train", Learning, "result.json")]
    [InlineData("evaluate", Learning, "result.json")]
    [InlineData("experiment", Learning, "result.json")]
    public async Task A_job_over_a_batch_is_done_and_has_its_files(string kind, string section, params string[] files)
    {
        var server = real.Server;
        var job = await SubmitAsync(server, $$"""{ "kind": "{{kind}}", "batch": {{Batch(section)}} }""");
        (job.Kind, job.State, job.Name).ShouldBe((kind, JobState.Queued, $"two-{kind}"));
        var done = await UntilEndedAsync(server, job.Id);
        done.Fault.ShouldBeNull();
        done.State.ShouldBe(JobState.Done);
        foreach (var file in files)
        {
            done.Files.ShouldContain(file);
            (await server.Client.GetStringAsync($"/api/v1/jobs/{job.Id}/files/{file}")).Length.ShouldBeGreaterThan(100);
        }
        (await server.Client.GetAsync($"/api/v1/batches/{job.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_experiment_of_a_batch_file_is_a_job_too()
    {
        var server = real.Server;
        using var answer = await server.Client.PostAsync("/api/v1/automl?num_strategies=1",
            new StringContent(Batch(Learning) + " // the end", System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var job = await answer.ReadAsync<JobStatus>();
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/jobs/{job.Id}");
        (await UntilEndedAsync(server, job.Id)).State.ShouldBe(JobState.Done);
        var trials = await ResultAsync(server, job.Id);
        trials.GetArrayLength().ShouldBe(1);
        trials[0].GetProperty("trainer").GetString().ShouldBe("logistic");

        using var none = await server.Client.PostAsync("/api/v1/automl?num_strategies=0",
            new StringContent(Batch(Learning), System.Text.Encoding.UTF8, "application/json"));
        (await none.ProblemAsync(400)).ShouldContain("num_strategies=0");
    }

    [Fact]
    public async Task A_run_of_the_server_is_verified_and_listed_among_the_jobs()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        var run = await server.UntilAsync((await server.SubmitAsync(Batch())).Id, s => s.Ended);
        var job = await SubmitAsync(server, $$"""{ "kind": "verify", "run": "{{run.Id}}", "sample": 1, "cuts": 2 }""");
        var done = await UntilEndedAsync(server, job.Id);
        (done.State, done.Digest).ShouldBe((JobState.Done, run.Digest));
        (await ResultAsync(server, job.Id)).GetProperty("passed").GetBoolean().ShouldBeTrue();

        (await KindsAsync("")).ShouldBe(["verify", "backtest"]);
        (await KindsAsync("?kind=backtest")).ShouldBe(["backtest"]);
        (await KindsAsync("?state=failed")).ShouldBeEmpty();

        async Task<string[]> KindsAsync(string query) =>
            [.. (await server.Client.GetFromJsonAsync<JobPage>("/api/v1/jobs" + query, JobJson.Options))!.Items.Select(j => j.Kind)];
    }

    [Fact]
    public async Task A_run_is_replayed_with_the_model_versions_that_it_had()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        var batch = Batch("""
            , "learning": { "trainer": "logistic", "label": { "kind": "direction", "bars": 2 }, "features": ["rsi(14)"],
                "registry": "models", "walkForward": { "train": 200, "test": 50 }, "apply": { "rule": "veto", "below": 0.5 },
                "retrain": { "days": 200 } }
            """);
        var run = await server.UntilAsync((await server.SubmitAsync(batch)).Id, s => s.Ended);
        (run.State, run.Fault).ShouldBe((JobState.Done, null));
        run.Files.ShouldContain("models.zip");
        Directory.Delete(Path.Combine(server.Folder, "models"), recursive: true);

        var job = await SubmitAsync(server, $$"""{ "kind": "replay", "batch": {{batch}}, "modelsOf": "{{run.Id}}" }""");
        var done = await UntilEndedAsync(server, job.Id);
        (done.Kind, done.State, done.Digest).ShouldBe(("replay", JobState.Done, run.Digest));
        Directory.Exists(Path.Combine(server.Folder, "models")).ShouldBeFalse("nothing is trained");
        done.Files.ShouldNotContain("prod.json");

        var without = await server.UntilAsync((await server.SubmitAsync(Batch())).Id, s => s.Ended);
        var refused = await SubmitAsync(server, $$"""{ "kind": "replay", "batch": {{batch}}, "modelsOf": "{{without.Id}}" }""");
        var fault = await UntilEndedAsync(server, refused.Id);
        fault.State.ShouldBe(JobState.Failed);
        fault.Fault.ShouldNotBeNull().ShouldContain("only a run with learning.retrain keeps the versions");
    }

    [Fact]
    public async Task Bars_are_imported_into_a_store_of_the_data_folder()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost, settings: s => s with { Confined = true });
        File.Copy(Path.Combine(s_bars, "alpha-daily.txt"), Path.Combine(server.Folder, "alpha-daily.txt"));
        var job = await SubmitAsync(server,
            """{ "kind": "import", "files": "alpha-daily.txt", "store": "bars", "symbol": "ALPHA", "timeframe": "1d" }""");
        var done = await UntilEndedAsync(server, job.Id);
        (done.State, done.Fault).ShouldBe((JobState.Done, null));
        var row = (await ResultAsync(server, job.Id)).GetProperty("files")[0];
        row.GetProperty("symbol").GetString().ShouldBe("ALPHA");
        row.GetProperty("added").GetInt64().ShouldBe(row.GetProperty("total").GetInt64());
        Directory.GetFiles(Path.Combine(server.Folder, "bars"), "*", SearchOption.AllDirectories).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_index_is_tracked_and_its_page_is_there()
    {
        var server = real.Server;
        var rows = Enumerable.Range(0, 60).Select(i =>
        {
            var (day, a, b) = (new DateTime(2024, 1, 1).AddDays(i), Math.Sin(i) / 100, Math.Cos(i) / 100);
            return FormattableString.Invariant($"{day:yyyy-MM-dd},{a},{b},{(a + b) / 2}");
        });
        await File.WriteAllLinesAsync(Path.Combine(server.Folder, "panel.csv"), rows.Prepend("date,a,b,index"));
        var job = await SubmitAsync(server, """{ "kind": "track", "panel": "panel.csv", "index": "index", "maxStocks": 2 }""");
        var done = await UntilEndedAsync(server, job.Id);
        (done.State, done.Fault).ShouldBe((JobState.Done, null));
        done.Files.ShouldBe(["replica.html", "result.json"]);
        (await ResultAsync(server, job.Id)).GetProperty("weights").GetProperty("a").GetDouble().ShouldBe(0.5, 1e-9);
    }

    private static readonly (string Body, string Sentence)[] s_wrong =
    [
        ("""{ "kind": "trian", "batch": {} }""", "did you mean 'train'?"),
        ("""{ "batch": {} }""", "'kind' is missing"),
        ("""{ "kind": "walkforward", "batches": {} }""", "did you mean 'batch'?"),
        ("""{ "kind": "verify", "run": "../etc" }""", "is not an id of a run"),
        ("""{ "kind": "verify", "run": "20261121-000000-gone-cafe" }""", "there is no finished run '20261121-000000-gone"),
        ("""{ "kind": "replay", "batch": {}, "modelsOf": "../etc" }""", "is not an id of a run"),
        ("""{ "kind": "replay", "batch": {}, "modelsOf": "20261121-000000-gone-cafe" }""", "there is no finished run"),
        ("""{ "kind": "track", "panel": "p.csv", "universe": "u", "index": "i", "maxStocks": 2 }""",
            "line 1, universe: 'panel' is given too; give one of them"),
        ("""{ "kind": "track", "index": "i", "maxStocks": 2 }""", "job.json, line 1: there is nothing to choose from"),
        ("{ \"kind\": \"walkforward\", // lines count\n \"batch\": {\n \"name\": \"a\", \"dta\": {} } }", "job.json, line 3"),
        ("""{ "kind": "import", "files": "a.csv", "store": "s", "timeframe": "1d" }""", "give 'symbol'"),
    ];

    [Fact]
    public async Task A_wrong_job_is_refused_at_once()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        foreach (var (body, sentence) in s_wrong)
        {
            using var answer = await PostAsync(server, body);
            (await answer.ProblemAsync(400)).ShouldContain(sentence, customMessage: body);
        }
        Directory.GetDirectories(server.Folder).Select(Path.GetFileName).ShouldBe([".audit"]);
    }

    [Fact]
    public async Task A_job_without_learned_weights_or_models_is_refused()
    {
        var server = real.Server;
        using var weights = await PostAsync(server, $$"""{ "kind": "reinforce", "batch": {{Batch()}} }""");
        (await weights.ProblemAsync(400)).ShouldContain("the weights of this batch are not learned");
        using var models = await PostAsync(server, $$"""{ "kind": "train", "batch": {{Batch()}} }""");
        (await models.ProblemAsync(400)).ShouldContain("no \"learning\" section");
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_gap()
    {
        await using var server = await ApiServer.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, (await server.SubmitAsync()).Id);
        var seen = new List<string>();
        for (var next = "/api/v1/jobs?limit=2"; next is not null;)
        {
            using var answer = await server.Client.GetAsync(next);
            var page = await answer.ReadAsync<JobPage>();
            seen.AddRange(page.Items.Select(j => j.Id));
            answer.Headers.Contains("Link").ShouldBe(page.Next is not null);
            next = page.Next is null ? null : answer.Headers.GetValues("Link").Single().Split('<', '>')[1];
        }
        seen.ShouldBe(ids);
        using var unknown = await server.Client.GetAsync("/api/v1/jobs?cursor=nothing");
        (await unknown.ProblemAsync(400)).ShouldContain("cursor=nothing");
    }

    [Theory]
    [InlineData("""{ "kind": "track", "panel": "none.csv", "index": "i", "maxStocks": 2 }""", "panel: there is no file 'none.csv'")]
    [InlineData("""{ "kind": "track", "universe": "none", "index": "i.csv", "maxStocks": 2 }""", "universe: there is no folder 'none'")]
    [InlineData("""
        { "kind": "study", "factors": "rsi(14)", "group": "none.csv",
          "data": { "source": "generated:?from=2024-01-01&to=2024-03-01", "symbols": "*", "timeframe": "1d" } }
        """, "line 1, group: ")]
    [InlineData("""
        { "kind": "study", "factors": "rsi(14)",
          "data": { "source": "generated:?from=2024-01-01&to=2024-03-01", "symbols": "*", "timeframe": "1d", "from": "2030-01-01" } }
        """, "line 2, data.source: ")]
    public async Task A_checked_job_is_refused_where_its_files_or_bars_are_missing(string body, string sentence)
    {
        using var answer = await PostAsync(real.Server, body, "?check=true");
        (await answer.ProblemAsync(400)).ShouldContain(sentence);
    }

    private static Task<HttpResponseMessage> PostAsync(ApiServer server, string body, string query = "") =>
        server.Client.PostAsync("/api/v1/jobs" + query, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    private static async Task<JobStatus> SubmitAsync(ApiServer server, string body)
    {
        using var answer = await PostAsync(server, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync<JobStatus>();
    }

    private static Task<JobStatus> UntilEndedAsync(ApiServer server, string id) => Eventually.IsAsync(async () =>
    {
        using var answer = await server.Client.GetAsync($"/api/v1/jobs/{id}");
        return await answer.ReadAsync<JobStatus>();
    }, s => s.Ended);

    private static Task<JsonElement> ResultAsync(ApiServer server, string id) =>
        server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/jobs/{id}/files/result.json");
}
