using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Combining;
using Granary.Backtesting.Runs;
using Granary.Contracts.Jobs;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>The schemas of the kinds of jobs, the kind combine, and the sources that a batch can name.</summary>
public sealed class JobKindsOverHttpTests(SharedServers servers, RealServer real) : IClassFixture<RealServer>
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch(string name, string fast, string? source = null, string symbol = "alpha-daily") => $$"""
        {
          "name": "{{name}}",
          "data": { "source": "{{source ?? "csv:" + s_bars}}", "symbols": ["{{symbol}}"], "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": 30 }, "sides": "long", "size": { "units": 10 } } ]
        }
        """;

    [Fact]
    public async Task Each_kind_describes_its_request_by_the_definition_that_reads_it()
    {
        var server = await servers.PlainAsync;
        var kinds = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/catalogue/jobs")).EnumerateArray()
            .ToDictionary(k => k.GetProperty("name").GetString()!, k => k.GetProperty("schema"));
        kinds.Keys.ShouldBe(["backtest", "combine", "evaluate", "experiment", "import", "judge", "optimise", "parity", "reinforce",
            "replay", "study", "track", "train", "verify", "walkforward"]);
        var verify = kinds["verify"];
        verify.GetProperty("required").ToString().ShouldBe("[\"run\"]");
        var cuts = verify.GetProperty("properties").GetProperty("cuts");
        (cuts.GetProperty("type").GetString(), cuts.GetProperty("minimum").GetDouble(), cuts.GetProperty("maximum").GetDouble(),
            cuts.GetProperty("default").GetInt32()).ShouldBe(("integer", 1, 1000, 12));
        cuts.GetProperty("description").GetString().ShouldNotBeNullOrEmpty();
        verify.GetProperty("properties").GetProperty("run").GetProperty("format").GetString().ShouldBe("run");
        kinds["track"].GetProperty("properties").GetProperty("refine").GetProperty("enum").GetArrayLength().ShouldBe(3);
        kinds["combine"].GetProperty("properties").GetProperty("runs").GetProperty("anyOf")[0].GetProperty("minItems").GetInt32()
            .ShouldBe(1);
        kinds["import"].GetProperty("properties").GetProperty("timeframe").GetProperty("enum")[0].GetString().ShouldBe("1m");
        kinds["train"].GetProperty("properties").TryGetProperty("promoteUntil", out _).ShouldBeTrue();
        kinds["evaluate"].GetProperty("properties").TryGetProperty("promoteUntil", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task All_faults_of_a_request_are_answered_together()
    {
        var server = await servers.PlainAsync;
        using var answer = await PostAsync(server, """
            { "kind": "verify",
              "run": "20261121-000000-gone-cafe",
              "sample": 0,
              "cuts": 2000 }
            """);
        (await answer.ProblemAsync(400)).Split('\n').ShouldBe([
            "job.json, line 2, run: there is no finished run '20261121-000000-gone-cafe' here; GET /runs lists them",
            "job.json, line 3, sample: 0 is out of range: at least 1",
            "job.json, line 4, cuts: 2000 is out of range: 1 … 1000"]);
    }

    [Fact]
    public async Task A_combined_run_has_the_digest_of_granary_combine()
    {
        var server = real.Server;
        var a = await server.UntilAsync((await server.SubmitAsync(Batch("a", "5"))).Id, s => s.Ended);
        var b = await server.UntilAsync((await server.SubmitAsync(Batch("b", "10"))).Id, s => s.Ended);
        var done = await DoneAsync(server, $$"""{ "kind": "combine", "runs": ["{{a.Id}}", "{{b.Id}}"], "weights": "equal" }""");
        (done.State, done.Fault).ShouldBe((JobState.Done, null));

        var folder = Path.Combine(server.Folder, "combined-by-hand");
        var combined = CombinedBatch.Write(new CombineRequest([Path.Combine(server.Folder, a.Id), Path.Combine(server.Folder, b.Id)])
        {
            Weights = "equal",
            Folder = folder,
        }, TestCatalogues.All);
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(combined.Spec,
            new BatchOptions { Out = folder, Threads = 1, Notes = combined.Notes },
            cancellationToken: TestContext.Current.CancellationToken);
        done.Digest.ShouldBe(run.Model.Digest);
        (await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{done.Id}")).GetProperty("strategies").GetInt32().ShouldBe(2);

        using var once = await PostAsync(server, $$"""{ "kind": "combine", "runs": ["{{a.Id}}", "{{a.Id}}"] }""");
        (await once.ProblemAsync(400)).ShouldContain("runs[1]: the run");
        using var one = await PostAsync(server, $$"""{ "kind": "combine", "runs": "{{a.Id}}" }""");
        (await one.ProblemAsync(400)).ShouldContain("name at least two runs");
    }

    [Fact]
    public async Task Runs_with_other_cash_are_combined_with_that_of_the_named_run_and_a_list_says_which_runs_cannot_be()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        async Task<string> RunAsync(string batch) => (await server.UntilAsync((await server.SubmitAsync(batch)).Id, s => s.Ended)).Id;
        var a = await RunAsync(Batch("a", "5"));
        var rich = await RunAsync(Batch("rich", "10").Replace("\"strategies\"", "\"account\": { \"cash\": 5000 }, \"strategies\""));
        // The same symbol, with prices read in another way.
        var other = await RunAsync(Batch("other", "10").Replace("\"timeframe\"", "\"adjust\": false, \"timeframe\""));
        foreach (var (named, cash) in ((string?, double)[])[(null, 100_000), (rich, 5_000)])
        {
            var done = await DoneAsync(server, $$"""
                { "kind": "combine", "runs": ["{{a}}", "{{rich}}"]{{(named is null ? "" : $", \"sectionsOf\": \"{named}\"")}} }
                """);
            (done.State, done.Fault).ShouldBe((JobState.Done, null));
            var manifest = await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{done.Id}/files/manifest.json");
            manifest.GetProperty("notes").ToString().ShouldContain("batches differ in 'account'");
            using var spec = JsonDocument.Parse(manifest.GetProperty("spec").GetString()!);
            (spec.RootElement.TryGetProperty("account", out var account) ? account.GetProperty("cash").GetDouble() : 100_000)
                .ShouldBe(cash);
        }
        using var wrong = await PostAsync(server, $$"""{ "kind": "combine", "runs": ["{{a}}", "{{other}}"] }""");
        (await wrong.ProblemAsync(400)).ShouldContain("a portfolio values a symbol by one series");
        var choices = await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/catalogue/jobs/combine/runs?key=runs&chosen={a}");
        var refusals = choices.EnumerateArray().ToDictionary(c => c.GetProperty("id").GetString()!,
            c => c.TryGetProperty("refusal", out var r) ? r.GetString() : null);
        (refusals[a], refusals[rich]).ShouldBe((null, null));
        refusals[other].ShouldNotBeNull().ShouldContain("a portfolio values a symbol by one series");
        (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/catalogue/jobs/replay/runs?key=modelsOf")).EnumerateArray()
            .ShouldAllBe(c => c.GetProperty("refusal").GetString()!.Contains("has no models"));
        (await server.Client.GetAsync("/api/v1/catalogue/jobs/none/runs?key=runs")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_run_says_how_long_it_took_from_its_submission_with_the_wait_for_the_jobs_before_it()
    {
        var server = real.Server;
        var before = await server.SubmitAsync(Batch("a", "5"));
        var after = await server.SubmitAsync(Batch("b", "10"));
        foreach (var id in (string[])[before.Id, after.Id])
        {
            var job = await server.UntilAsync(id, s => s.Ended);
            var run = await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{id}");
            var elapsed = run.GetProperty("elapsedSeconds").GetDouble();
            elapsed.ShouldBeGreaterThanOrEqualTo((job.StartedAt - job.SubmittedAt)!.Value.TotalSeconds);
            elapsed.ShouldBeGreaterThanOrEqualTo(run.GetProperty("seconds").GetDouble());
            elapsed.ShouldBeLessThanOrEqualTo((job.FinishedAt - job.SubmittedAt)!.Value.TotalSeconds);
        }
    }

    [Fact]
    public async Task A_backtest_is_a_job_like_the_others_and_its_data_can_be_checked_before_it_is_queued()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        var done = await DoneAsync(server, $$"""{ "kind": "backtest", "batch": {{Batch("a", "5")}} }""");
        var usual = await server.UntilAsync((await server.SubmitAsync(Batch("a", "5"))).Id, s => s.Ended);
        (done.Kind, done.State, done.Digest).ShouldBe(("backtest", JobState.Done, usual.Digest));

        using var source = await PostAsync(server, $$"""{ "kind": "backtest", "batch": {{Batch("a", "5", "csv:gone")}} }""", "?check=true");
        (await source.ProblemAsync(400)).ShouldContain("data.source:");
        using var symbol = await PostAsync(server, $$"""{ "kind": "walkforward", "batch": {{Batch("a", "5", symbol: "alpha-dayly")}} }""",
            "?check=true");
        (await symbol.ProblemAsync(400)).ShouldContain("there is no file for the symbol 'alpha-dayly'; did you mean alpha-daily?");
        (await server.Client.GetFromJsonAsync<JobPage>("/api/v1/jobs", JobJson.Options))!.Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_sources_are_stores_folders_of_files_and_generated_markets()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        Directory.CreateDirectory(Path.Combine(server.Folder, "daily"));
        File.Copy(Path.Combine(s_bars, "alpha-daily.txt"), Path.Combine(server.Folder, "daily", "ALPHA.txt"));
        // Without a timeframe, it is that of the file.
        var done = await DoneAsync(server, """{ "kind": "import", "files": "daily/ALPHA.txt", "store": "bars", "symbolFrom": "name" }""");
        done.Fault.ShouldBeNull();
        var sources = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/data/sources");
        sources.EnumerateArray().Select(s => (s.GetProperty("source").GetString(), s.GetProperty("timeframe").GetString(),
            s.GetProperty("symbols")[0].GetString())).ShouldBe(
            [("store:bars", "1d", "ALPHA"), ("csv:daily", "1d", "ALPHA"), ("generated:?from=2023-01-01&to=2024-01-01", "1h", "ACME")]);
    }

    private static Task<HttpResponseMessage> PostAsync(ApiServer server, string body, string query = "") =>
        server.Client.PostAsync("/api/v1/jobs" + query, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<JobStatus> DoneAsync(ApiServer server, string body)
    {
        using var answer = await PostAsync(server, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var id = (await answer.ReadAsync<JobStatus>()).Id;
        return await Eventually.IsAsync(async () =>
        {
            using var status = await server.Client.GetAsync($"/api/v1/jobs/{id}");
            return await status.ReadAsync<JobStatus>();
        }, s => s.Ended);
    }
}
