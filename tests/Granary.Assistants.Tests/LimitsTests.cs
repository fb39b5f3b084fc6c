using System.Globalization;
using System.Text.RegularExpressions;
using ModelContextProtocol.Client;

namespace Granary.Assistants.Tests;

/// <summary>A key with a budget of trials and a holdout: every answer says how it stands, and nothing shows later bars.</summary>
public sealed partial class LimitsTests(ServedAssistants served) : IDisposable
{
    private const string Holdout = "2022-09-01";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<McpClient> LimitedAsync(int trials = 4) => BothTransports.StdioAsync(_folder, "--trials",
        trials.ToString(CultureInfo.InvariantCulture), "--holdout", Holdout);

    [Fact]
    public async Task Each_answer_says_what_is_used_and_where_luck_ends_and_a_spent_budget_refuses_experiments_alone()
    {
        await using var client = await LimitedAsync();
        (int? Used, double Luck) Standing(System.Text.Json.Nodes.JsonObject answer) =>
            (answer["standing"]!["used"]!.GetValue<int>(), answer["standing"]!["luckBar"]!.GetValue<double>());
        Standing(await client.DoneAsync("list_catalogue", ("kind", "strategies"))).Used.ShouldBe(0);
        var plan = await client.DoneAsync("validate_batch", ("batch", Calls.Batch()));
        plan["combinations"]!.GetValue<int>().ShouldBe(2);
        plan["newTrials"]!.GetValue<int>().ShouldBe(2);
        // The bars up to the holdout are counted, since the size of the files would show how many are held out.
        plan["work"]!.GetValue<double>().ShouldBeInRange(2 * 100, 2 * 5_000);
        Standing(plan).Used.ShouldBe(0);

        var run = await client.RunAsync(Calls.Batch());
        Standing(await client.DoneAsync("list_runs")).Used.ShouldBe(2);
        // The same combinations again cost nothing.
        await client.RunAsync(Calls.Batch("again"));
        await client.RunAsync(Calls.Batch("more", fast: "[10, 15, 20]"));
        var results = await client.DoneAsync("get_results", ("run", run));
        var years = results["portfolio"]!["periods"]!.GetValue<double>() / results["portfolio"]!["periodsPerYear"]!.GetValue<double>();
        var (used, luck) = Standing(results);
        used.ShouldBe(4);
        // The published formula is an approximation for few trials.
        luck.ShouldBe(BestOfWorthless(4) / Math.Sqrt(years), tolerance: 0.05);

        (await client.RefusedAsync("run_backtest", ("batch", Calls.Batch("too much", fast: "[30]")))).ShouldContain("budget of 4 trials");
        (await client.RefusedAsync("run_search", ("batch", Calls.Batch()))).ShouldNotBeEmpty();
        (await client.DoneAsync("get_verdict", ("run", run)))["standing"]!["remaining"]!.GetValue<int>().ShouldBe(0);
        (await client.CallAsync("list_trades", ("run", run))).Text().ShouldContain("4 of 4 trials are used");
    }

    [Fact]
    public async Task No_answer_and_no_file_of_its_runs_has_a_time_after_the_holdout()
    {
        await using var client = await LimitedAsync(50);
        var run = await client.RunAsync(Calls.Batch("cut"));
        var forward = Calls.Batch("forward");
        forward["walkForward"] = System.Text.Json.Nodes.JsonNode.Parse("""{ "inSample": "3mo", "outOfSample": "1mo" }""");
        var second = await client.RunAsync(forward, "run_walk_forward");
        var strategy = (await client.DoneAsync("get_results", ("run", run)))["strategies"]![0]!["id"]!.GetValue<string>();
        var answers = new List<string>();
        foreach (var (tool, arguments) in new (string, (string, object?)[])[]
        {
            ("check_data", [("source", "csv:bars"), ("symbol", "ACME"), ("timeframe", "1h")]), ("list_data", []),
            ("get_results", [("run", run)]), ("get_verdict", [("run", run)]), ("list_trades", [("run", run), ("limit", 100)]),
            ("list_signals", [("run", run), ("limit", 100)]), ("list_trades", [("run", run), ("limit", 100), ("sort", "-exitTime")]),
            ("compare_runs", [("a", run), ("b", second)]), ("why", [("run", run), ("strategy", strategy), ("at", "2023-05-01")]),
            ("why", [("run", run), ("strategy", strategy), ("trade", 1)]),
            ("why", [("run", run), ("strategy", strategy), ("span", "2022-08-01..2023-06-01")]), ("follow_job", [("id", run)]),
            ("list_trades", [("run", second), ("of", "portfolio"), ("limit", 100)]), ("get_verdict", [("run", second)]),
        })
        {
            var result = await client.CallAsync(tool, arguments);
            answers.Add($"{tool}: {result.Text()} {result.StructuredContent}");
        }
        foreach (var uri in new[] { "report", "results" })
            answers.Add(string.Join(' ', (await client.ReadResourceAsync($"granary://runs/{run}/{uri}")).Contents
                .OfType<ModelContextProtocol.Protocol.TextResourceContents>().Select(c => c.Text)));
        answers.AddRange(Directory.EnumerateFiles(Path.Combine(_folder.At("runs"), run), "*.csv").Select(File.ReadAllText));
        foreach (var answer in answers.Select(a => a.Replace("generated:?from=2023-01-01&to=2024-01-01", "", StringComparison.Ordinal)
            .Replace("generated:?from=2023-01-01\\u0026to=2024-01-01", "", StringComparison.Ordinal)))
            foreach (var time in Dates().Matches(answer).Select(m => m.Value).Where(d => d[..4] is not "2026"))
                string.CompareOrdinal(time, Holdout).ShouldBeLessThanOrEqualTo(0, $"{time} in {answer[..Math.Min(200, answer.Length)]}");
        // The last bar that it sees is the last of the file before the holdout, counted here from the file.
        var market = await client.DoneAsync("check_data", ("source", "csv:bars"), ("symbol", "ACME"), ("timeframe", "1h"));
        var rows = File.ReadAllLines(_folder.At("data/bars/ACME.csv")).Skip(1).Select(l => l.Split(',')[0]).ToList();
        market["bars"]!.GetValue<int>().ShouldBe(rows.Count(r => string.CompareOrdinal(r, Holdout) < 0));
    }

    [Fact]
    public async Task A_key_with_limits_reaches_only_its_own_runs_and_only_mcp()
    {
        await using var other = await served.ClientAsync();
        var foreign = await other.RunAsync(Calls.Batch("of another key"));
        await using var client = await served.ClientAsync("limited");
        foreach (var tool in new[] { "get_results", "get_verdict", "list_trades", "list_signals" })
            (await client.RefusedAsync(tool, ("run", foreign))).ShouldBe($"there is no run '{foreign}' here; list_runs lists them");
        (await client.RefusedAsync("follow_job", ("id", foreign))).ShouldBe($"there is no job '{foreign}' here; list_jobs lists them");
        (await client.RefusedAsync("cancel_job", ("id", foreign))).ShouldContain("there is no job");
        (await client.RefusedAsync("compare_runs", ("a", foreign), ("b", foreign))).ShouldContain("there is no run");
        (await client.CallAsync("list_runs")).Text().ShouldNotContain(foreign);
        (await client.CallAsync("list_jobs")).Text().ShouldNotContain(foreign);
        (await client.ListResourcesAsync()).ShouldNotContain(r => r.Uri.Contains(foreign, StringComparison.Ordinal));
        var server = await served.ServerAsync;
        using var http = new HttpClient { BaseAddress = new Uri(server.Url) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", server.Key("limited"));
        foreach (var path in new[] { $"/api/v1/runs/{foreign}", "/api/v1/runs", "/api/v1/data", $"/api/v1/jobs/{foreign}" })
            ((int)(await http.GetAsync(path)).StatusCode).ShouldBe(403, path);
    }

    [Fact]
    public async Task A_caller_finds_its_own_uploads_and_those_of_a_key_with_limits_end_at_the_holdout()
    {
        var server = await served.ServerAsync;
        var bars = await File.ReadAllTextAsync(Path.Combine(served.Folder, "data", "bars", "ACME.csv"));
        HttpClient Http(string key)
        {
            var http = new HttpClient { BaseAddress = new Uri(server.Url + "/api/v1/") };
            http.DefaultRequestHeaders.Authorization = new("Bearer", server.Key(key));
            return http;
        }
        using var submitter = Http("submitter");
        (await submitter.PutAsync("uploads/MINE.csv", new StringContent(bars, null, "text/csv"))).IsSuccessStatusCode.ShouldBeTrue();
        // A key with limits has no endpoint to upload; a person who has the data folder may put files there for it.
        using var limited = Http("limited");
        var refused = await limited.PutAsync("uploads/MINE.csv", new StringContent(bars, null, "text/csv"));
        ((int)refused.StatusCode).ShouldBe(403);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(
            "has limits of trials or a holdout, which this endpoint does not apply, "
            + "and is for assistants alone: use the tools of /mcp");
        Directory.CreateDirectory(Path.Combine(served.Folder, "data", "uploads", "limited"));
        await File.WriteAllTextAsync(Path.Combine(served.Folder, "data", "uploads", "limited", "THEIRS.csv"), bars);

        await using var first = await served.ClientAsync();
        await using var second = await served.ClientAsync("limited");
        async Task<string[]> UploadsAsync(McpClient client) =>
        [
            .. (await client.DoneAsync("list_data", ("limit", 100)))["sources"]!.AsArray()
            .Where(s => s!["source"]!.GetValue<string>().Contains("uploads", StringComparison.Ordinal))
            .Select(s => $"{s!["source"]} {string.Join(' ', s["symbols"]!.AsArray())}"),
        ];
        (await UploadsAsync(first)).ShouldBe(["csv:uploads/submitter MINE"]);
        (await UploadsAsync(second)).ShouldBe(["csv:uploads/limited THEIRS"]);
        var market = await second.DoneAsync("check_data", ("source", "csv:uploads/limited"), ("symbol", "THEIRS"), ("timeframe", "1h"));
        market["bars"]!.GetValue<int>().ShouldBe(bars.Split('\n').Skip(1)
            .Count(l => l.Length > 0 && string.CompareOrdinal(l.Split(',')[0], Holdout) < 0));
    }

    // The mean of the largest of n standard normal values, by simulation.
    private static double BestOfWorthless(int n)
    {
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Enumerable.Range(0, 200_000).Average(_ => Enumerable.Range(0, n).Max(_ => Normal()));
    }

    [GeneratedRegex(@"\b20\d\d-\d\d-\d\d\b")]
    private static partial Regex Dates();
}
