using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Finished runs over HTTP, against the files of the run itself.</summary>
public sealed class RunsOverHttpTests(RunsOverHttpTests.Grid grid) : IClassFixture<RunsOverHttpTests.Grid>
{
    /// <summary>A server that has one run.</summary>
    public sealed class Grid : IAsyncLifetime
    {
        internal ApiServer Server { get; private set; } = null!;

        internal JobStatus Run { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
            Run = await Server.UntilAsync((await Server.SubmitAsync(Batch)).Id, s => s.Ended);
            Run.Fault.ShouldBeNull();
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch => $$"""
        {
          "name": "grid",
          "data": { "source": "csv:{{s_bars}}", "symbols": ["alpha-daily", "beta-daily"], "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 10], "slow": [20, 30] }, "sides": "long",
            "size": { "units": 10 } } ],
          "portfolio": { "weights": "equal" }
        }
        """;

    [Fact]
    public async Task A_run_is_listed_and_shown_with_what_its_files_have()
    {
        var (server, run) = (grid.Server, grid.Run);
        var list = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/runs");
        list.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetString()).ShouldBe([run.Id]);

        var shown = await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}");
        shown.GetProperty("digest").GetString().ShouldBe(run.Digest);
        shown.GetProperty("strategies").GetInt32().ShouldBe(12);
        shown.GetProperty("portfolio").GetProperty("stats").GetProperty("trades").GetInt64().ShouldBeGreaterThan(0);
        shown.GetProperty("files").EnumerateArray().Select(f => f.GetString()).ShouldBe(run.Files);

        using var unknown = await server.Client.GetAsync("/api/v1/runs/nothing");
        (await unknown.ProblemAsync(404)).ShouldContain("nothing");
        using var outside = await server.Client.GetAsync("/api/v1/runs/..%2F..");
        outside.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Signals_are_filtered_and_paged_and_summed_by_decision()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        var limited = Batch.Replace("\"weights\": \"equal\"", "\"weights\": \"equal\", \"limits\": { \"maxPositions\": 1 }");
        var run = await server.UntilAsync((await server.SubmitAsync(limited)).Id, s => s.Ended);
        run.Fault.ShouldBeNull();
        var lines = File.ReadAllLines(Path.Combine(server.Folder, run.Id, "signals.csv"));
        var (decision, profit) = (Array.IndexOf(lines[0].Split(','), "decision"), Array.IndexOf(lines[0].Split(','), "pnl_net"));
        // An id has commas: the columns behind it are counted from the end.
        var rows = lines.Skip(1).Select(l => l[(l.LastIndexOf('"') + 1)..].Split(',')).ToList();

        var refused = await SignalsAsync("decision=refused&limit=3");
        var expected = rows.Where(r => r[decision] != "accepted").ToList();
        refused.GetProperty("total").GetInt32().ShouldBe(expected.Count);
        refused.GetProperty("items").GetArrayLength().ShouldBe(3);
        refused.GetProperty("items")[0].GetProperty("decision").GetString().ShouldBe("max-positions");
        var total = refused.GetProperty("decisions").EnumerateArray().Single(d => d.GetProperty("decision").GetString() == "max-positions");
        total.GetProperty("profit").GetDouble().ShouldBe(expected.Where(r => r[decision] == "max-positions" && r[profit].Length > 0)
            .Sum(r => double.Parse(r[profit], CultureInfo.InvariantCulture)), 1e-6);
        var all = new List<int>();
        for (var next = $"/api/v1/runs/{run.Id}/signals?symbol=beta-daily&limit=7"; next is not null;)
        {
            using var answer = await server.Client.GetAsync(next);
            all.AddRange((await answer.ReadAsync<JsonElement>()).GetProperty("items").EnumerateArray()
                .Select(i => i.GetProperty("number").GetInt32()));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }
        all.Count.ShouldBe(rows.Count(r => r[1] == "beta-daily"));
        using var wrong = await server.Client.GetAsync($"/api/v1/runs/{run.Id}/signals?cursor=x");
        (await wrong.ProblemAsync(400)).ShouldContain("begin without a cursor");

        Task<JsonElement> SignalsAsync(string query) =>
            server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/signals?{query}");
    }

    [Fact]
    public async Task Strategies_are_sorted_filtered_and_paged()
    {
        var (server, run) = (grid.Server, grid.Run);
        var all = (await ResultsAsync(server, run.Id)).GetProperty("strategies").EnumerateArray().ToList();

        var best = await StrategiesAsync("sort=-totalReturn&limit=5");
        best.ShouldBe(all.OrderByDescending(s => s.GetProperty("stats").GetProperty("totalReturn").GetDouble()).Take(5).Select(Id));
        (await StrategiesAsync("filter=symbol=beta-daily")).Length.ShouldBe(6);
        (await StrategiesAsync("filter=symbol=beta-daily,id~fast%3D3")).Length.ShouldBe(2);
        var trades = all.Select(s => s.GetProperty("stats").GetProperty("trades").GetInt32()).Order().ToList()[6];
        (await StrategiesAsync($"filter=trades>={trades}")).ShouldBe(
            all.Where(s => s.GetProperty("stats").GetProperty("trades").GetInt32() >= trades).Select(Id));

        var paged = new List<string>();
        for (var next = $"/api/v1/runs/{run.Id}/strategies?sort=id&limit=5"; next is not null;)
        {
            using var answer = await server.Client.GetAsync(next);
            var page = await answer.ReadAsync<JsonElement>();
            page.GetProperty("total").GetInt32().ShouldBe(12);
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(Id));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }
        paged.ShouldBe(all.Select(Id).Order(StringComparer.Ordinal));

        using var wrong = await server.Client.GetAsync($"/api/v1/runs/{run.Id}/strategies?sort=totalRetrun");
        (await wrong.ProblemAsync(400)).ShouldContain("did you mean 'totalReturn'?");
        using var odd = await server.Client.GetAsync($"/api/v1/runs/{run.Id}/strategies?filter=trades");
        (await odd.ProblemAsync(400)).ShouldContain("as trades>=30");

        static string Id(JsonElement s) => s.GetProperty("id").GetString()!;
        async Task<string[]> StrategiesAsync(string query) =>
            [.. (await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/strategies?{query}")).GetProperty("items")
                .EnumerateArray().Select(Id)];
    }

    [Fact]
    public async Task A_curve_keeps_its_extremes_and_prices_are_joined_to_longer_bars()
    {
        var (server, run) = (grid.Server, grid.Run);
        var rows = (await server.Client.GetStringAsync($"/api/v1/batches/{run.Id}/files/equity.csv")).TrimEnd().Split('\n').Skip(1)
            .Select(r => r.Split(',')).ToList();
        var equity = rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture)).ToList();

        var whole = await SeriesAsync("equity?points=20000");
        Numbers(whole, "values").ShouldBe(equity);
        var thin = await SeriesAsync("equity?points=40");
        thin.GetProperty("rows").GetInt32().ShouldBe(equity.Count);
        var values = Numbers(thin, "values");
        values.Count.ShouldBeLessThanOrEqualTo(40);
        (values.Max(), values.Min(), values[0], values[^1]).ShouldBe((equity.Max(), equity.Min(), equity[0], equity[^1]));
        var from = rows[100][0];
        (await SeriesAsync($"equity?from={from}&points=20000")).GetProperty("times")[0].GetDateTime()
            .ShouldBe(DateTime.Parse(from, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));

        var prices = await SeriesAsync("price:alpha-daily?points=20000");
        var bars = await SeriesAsync("price:alpha-daily?points=10");
        Numbers(bars, "high").Max().ShouldBe(Numbers(prices, "high").Max());
        Numbers(bars, "low").Min().ShouldBe(Numbers(prices, "low").Min());
        Numbers(bars, "volume").Sum().ShouldBe(Numbers(prices, "volume").Sum(), 1e-6);
        (Numbers(bars, "open")[0], Numbers(bars, "close")[^1]).ShouldBe((Numbers(prices, "open")[0], Numbers(prices, "close")[^1]));
        Numbers(bars, "open").Count.ShouldBe(10);

        using var symbol = await server.Client.GetAsync($"/api/v1/runs/{run.Id}/series/price:gamma");
        (await symbol.ProblemAsync(400)).ShouldContain("alpha-daily, beta-daily");
        using var name = await server.Client.GetAsync($"/api/v1/runs/{run.Id}/series/profit");
        await name.ProblemAsync(404);

        Task<JsonElement> SeriesAsync(string query) => server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/series/{query}");
        static List<double> Numbers(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];
    }

    private static Task<JsonElement> ResultsAsync(ApiServer server, string id) =>
        server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/batches/{id}/files/results.json");
}
