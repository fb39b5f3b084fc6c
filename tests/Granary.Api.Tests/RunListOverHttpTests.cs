using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>The list of runs with figures, order and filter; names and deletion.</summary>
public sealed class RunListOverHttpTests(SessionsOverHttpTests.Configuration made) : IClassFixture<SessionsOverHttpTests.Configuration>
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch(string name, string symbols, string fast = "3") => $$"""
        {
          "name": "{{name}}",
          "data": { "source": "csv:{{s_bars}}", "symbols": {{symbols}}, "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": [20, 30] }, "sides": "long",
            "size": { "units": 10 } } ],
          "portfolio": { "weights": "equal" }
        }
        """;

    private static async Task<string> JobAsync(ApiServer server, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync("/api/v1/jobs", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.ReadAsync<Contracts.Jobs.JobStatus>()).Id;
    }

    private static async Task<RunPage> RunsAsync(ApiServer server, string query = "")
    {
        using var answer = await server.Client.GetAsync("/api/v1/runs" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync<RunPage>();
    }

    [Fact]
    public async Task Each_run_has_its_kind_its_markets_and_the_figures_of_its_equity()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        var backtest = (await server.SubmitAsync(Batch("one", """["beta-daily", "alpha-daily"]"""))).Id;
        var windows = await JobAsync(server, $$"""
            { "kind": "walkforward", "batch": {{Batch("two", "[\"alpha-daily\"]", "[3, 5]").TrimEnd()[..^1]}},
              "walkForward": { "inSample": "1y", "outOfSample": "6mo" } } }
            """);
        foreach (var id in (string[])[backtest, windows])
            await Eventually.IsAsync(() => server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/jobs/{id}"),
                j => j.GetProperty("state").GetString() == "done");

        var runs = (await RunsAsync(server)).Items.ToDictionary(r => r.Id);
        var listed = runs[backtest];
        (listed.Kind, listed.Name, listed.Batch, listed.MarketCount).ShouldBe(("backtest", "one", "one", 2));
        runs[backtest].Markets.ShouldBe(["alpha-daily", "beta-daily"], ignoreOrder: true);
        (runs[windows].Kind, runs[windows].MarketCount).ShouldBe(("walk-forward", 1));

        // By hand, from the raw equity: cash is 100,000, and a day of these markets is a business day.
        var equity = File.ReadLines(Path.Combine(server.Folder, backtest, "equity.csv")).Skip(1)
            .Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)).ToList();
        var (peak, drawdown) = (100_000.0, 0.0);
        foreach (var e in equity) (peak, drawdown) = (Math.Max(peak, e), Math.Max(drawdown, 1 - e / Math.Max(peak, e)));
        var returns = equity.Zip(equity.Prepend(100_000), (now, before) => now / before - 1).ToList();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Count - 1));
        runs[backtest].TotalReturn!.Value.ShouldBe(equity[^1] / 100_000 - 1, 1e-9);
        runs[backtest].MaxDrawdown!.Value.ShouldBe(drawdown, 1e-9);
        runs[backtest].Sharpe!.Value.ShouldBe(mean / deviation * Math.Sqrt(252), 1e-6);

        // By hand, from the checks in results.json: all of them passed.
        var results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, backtest, "results.json")))!;
        var states = results["evidence"]!.AsObject().Select(c => (string)c.Value!["state"]!).ToList();
        runs[backtest].Tradable.ShouldBe(states.TrueForAll(s => s == "passed"));
        var verdict = (await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{backtest}")).GetProperty("verdict");
        (verdict.GetProperty("mayBeTraded").GetBoolean(), verdict.GetProperty("passed").GetInt32(),
            verdict.GetProperty("checks").GetInt32())
            .ShouldBe((states.TrueForAll(s => s == "passed"), states.Count(s => s == "passed"), states.Count));
    }

    [Fact]
    public async Task A_session_is_a_live_run_with_the_return_of_its_account()
    {
        await using var server = await ApiServer.StartAsync(folder: made.Folder, parts: ServerParts.Sessions);
        using var client = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        await client.StartSessionAsync(made.Start("listed"));
        var session = await Eventually.IsAsync(() => client.SessionAsync("listed"), s => s.Phase != SessionPhase.Running);
        (session.Phase, session.Fault).ShouldBe((SessionPhase.Done, null));

        var run = (await RunsAsync(server, "?kind=live")).Items.Single(r => r.Id == session.Run);
        var account = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(made.Folder, session.Run, "account.json")))!;
        run.TotalReturn!.Value.ShouldBe((double)account["equity"]! / 100_000 - 1, 1e-12);
        (run.Sharpe, run.MaxDrawdown).ShouldBe((null, null));
        using var refused = await server.Client.DeleteAsync($"/api/v1/runs/{session.Run}");
        (await refused.ProblemAsync(409)).ShouldContain("session of the account listed");
    }

    [Fact]
    public async Task Runs_are_sorted_filtered_searched_and_paged()
    {
        await using var server = await ApiServer.StartAsync();
        void Add(string id, int day, string kind, string[] markets, double? total, bool tradable) =>
            AddRun(server.Folder, id, new
            {
                batch = id.ToUpperInvariant(),
                status = "done",
                digest = "d" + id,
                created = $"2026-03-0{day}T00:00:00Z",
                seconds = 1.5,
                host = "here",
                kind,
                data = markets.Select(m => new { symbol = m }),
                summary = total is null ? (object)new { tradable } : new { tradable, totalReturn = total },
            });
        Add("a", 1, "backtest", ["X", "Y"], 0.1, true);
        Add("b", 2, "walk-forward", ["Y"], -0.2, false);
        Add("c", 3, "live", ["Z"], null, false);
        Add("d", 4, "backtest", ["A", "B", "C", "D", "E", "F"], 0.3, false);

        (await IdsAsync("")).ShouldBe("dcba");
        (await IdsAsync("?sort=created&order=asc")).ShouldBe("abcd");
        (await IdsAsync("?sort=totalReturn")).ShouldBe("badc");
        (await IdsAsync("?sort=totalReturn&order=desc")).ShouldBe("dabc");
        (await IdsAsync("?sort=name&order=desc")).ShouldBe("dcba");
        (await IdsAsync("?sort=kind")).ShouldBe("dacb");
        (await IdsAsync("?sort=markets")).ShouldBe("dabc");
        (await IdsAsync("?sort=tradable&order=desc")).ShouldBe("adcb");
        (await IdsAsync("?kind=backtest")).ShouldBe("da");
        (await IdsAsync("?market=y")).ShouldBe("ba");
        (await IdsAsync("?market=f")).ShouldBe("d");
        (await IdsAsync("?market=none")).ShouldBe("");
        (await IdsAsync("?tradable=true")).ShouldBe("a");
        (await IdsAsync("?tradable=false&kind=backtest")).ShouldBe("d");
        (await IdsAsync("?search=z")).ShouldBe("c");
        (await IdsAsync("?search=Db")).ShouldBe("b");
        var list = await RunsAsync(server);
        (list.Items[0].Markets.Count, list.Items[0].MarketCount, list.Total).ShouldBe((5, 6, 4));
        var first = await RunsAsync(server, "?sort=totalReturn&limit=3");
        (string.Concat(first.Items.Select(r => r.Id)), first.Next, first.Total).ShouldBe(("bad", "d", 4));
        (await IdsAsync($"?sort=totalReturn&limit=3&cursor={first.Next}")).ShouldBe("c");

        foreach (var (query, sentence) in ((string, string)[])[("sort=profit", "sort=profit: write one of created, name"),
            ("order=up", "order=up: write one of asc, desc"), ("kind=Backtest", "kind=Backtest: write one of backtest, walk-forward"),
            ("tradable=yes", "tradable=yes: write one of true, false"), ("cursor=x", "begin without a cursor")])
            (await (await server.Client.GetAsync("/api/v1/runs?" + query)).ProblemAsync(400)).ShouldContain(sentence);

        async Task<string> IdsAsync(string query) => string.Concat((await RunsAsync(server, query)).Items.Select(r => r.Id));
    }

    [Fact]
    public async Task A_run_is_renamed_and_deleted_and_the_audit_has_both()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        var id = (await server.SubmitAsync(Batch("one", "\"alpha-daily\""))).Id;
        (await server.UntilAsync(id, s => s.Ended)).Fault.ShouldBeNull();
        using var renamed = await server.Client.PatchAsJsonAsync($"/api/v1/runs/{id}", new { name = "  Äpfel & trend " });
        ((await renamed.ReadAsync<RunSummary>()).Name, (int)renamed.StatusCode).ShouldBe(("Äpfel & trend", 200));
        var run = (await RunsAsync(server, "?search=äpfel")).Items.Single();
        (run.Id, run.Name, run.Batch).ShouldBe((id, "Äpfel & trend", "one"));
        (await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{id}")).GetProperty("name").GetString().ShouldBe("Äpfel & trend");
        foreach (var name in (string?[])[null, " ", "two\nlines", new string('x', 101)])
            (await (await server.Client.PatchAsJsonAsync($"/api/v1/runs/{id}", new { name })).ProblemAsync(400))
                .ShouldContain("name: give 1 to 100 characters");
        await (await server.Client.PatchAsJsonAsync("/api/v1/runs/other", new { name = "x" })).ProblemAsync(404);

        (await server.Client.DeleteAsync($"/api/v1/runs/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await server.Client.DeleteAsync($"/api/v1/runs/{id}")).ProblemAsync(404);
        (await RunsAsync(server)).Items.ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(server.Folder, id)).ShouldBeEmpty();
        (await server.UntilAsync(id, s => s.Ended)).Id.ShouldBe(id);
        var audit = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!["items"]!.AsArray();
        audit.Take(2).Select(e => ((string)e!["what"]!, (string?)e["before"]!["name"], (string?)e["after"]?["name"]))
            .ShouldBe([("deleteRun", "Äpfel & trend", null), ("renameRun", "one", "Äpfel & trend")]);
    }

    [Fact]
    public async Task A_run_that_something_uses_is_not_deleted()
    {
        await using var server = await ApiServer.StartAsync(folder: made.Folder, host: new HeldJobs(), parts: ServerParts.Sessions);
        var job = await JobAsync(server, """{ "kind": "verify", "run": "run" }""");
        (await (await server.Client.DeleteAsync("/api/v1/runs/run")).ProblemAsync(409)).ShouldContain($"the job {job} needs the run");
        (await server.Client.DeleteAsync($"/api/v1/jobs/{job}")).EnsureSuccessStatusCode();
        await Eventually.IsAsync(() => server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/jobs/{job}"),
            j => j.GetProperty("state").GetString() == "cancelled");

        (await server.Client.PostAsJsonAsync("/api/v1/runs/run/shares", new { days = 1 })).EnsureSuccessStatusCode();
        (await (await server.Client.DeleteAsync("/api/v1/runs/run")).ProblemAsync(409)).ShouldContain("a link to the run run is valid");
        (await server.Client.PostAsync("/api/v1/shares/rotate", null)).EnsureSuccessStatusCode();

        (await server.Client.PostAsJsonAsync("/api/v1/deployments", new { run = "run", why = "a test" })).EnsureSuccessStatusCode();
        (await (await server.Client.DeleteAsync("/api/v1/runs/run")).ProblemAsync(409)).ShouldContain(
            "deployment 1 was made from the run run");
        (await RunsAsync(server)).Items.ShouldContain(r => r.Id == "run");
    }

    private static void AddRun(string runs, string id, object manifest)
    {
        var folder = Directory.CreateDirectory(Path.Combine(runs, id)).FullName;
        File.WriteAllText(Path.Combine(folder, "results.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(manifest));
    }
}
