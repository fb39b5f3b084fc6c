using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>What a run has of one strategy, its chart and its files, against the files of the run itself.</summary>
public sealed class RunRowsOverHttpTests(RealServer real) : IClassFixture<RealServer>
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch => $$"""
        {
          "name": "rows",
          "data": { "source": "csv:{{s_bars}}", "symbols": ["alpha-daily"], "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5], "slow": 20 }, "sides": "long", "size": { "units": 10 } } ],
          "portfolio": { "weights": "equal" }
        }
        """;

    [Fact]
    public async Task Trades_chart_months_and_files_of_a_run_are_those_of_its_files()
    {
        var server = real.Server;
        var run = await server.UntilAsync((await server.SubmitAsync(Batch)).Id, s => s.Ended);
        run.Fault.ShouldBeNull();
        run.Progress.Leaders!.Select(l => l.Sharpe).ShouldBeInOrder(SortDirection.Descending);
        run.Progress.Leaders!.Count.ShouldBe(2);

        var folder = Path.Combine(server.Folder, run.Id);
        var id = run.Progress.Leaders![0].Id;
        var lines = File.ReadAllLines(Path.Combine(folder, "trades.csv")).Where(l => l.Contains(id, StringComparison.Ordinal)).ToList();
        var trades = await GetAsync($"trades?strategy={Uri.EscapeDataString(id)}&limit=2");
        trades.GetProperty("total").GetInt32().ShouldBe(lines.Count);
        trades.GetProperty("items").GetArrayLength().ShouldBe(2);
        var first = trades.GetProperty("items")[0];
        lines[0].ShouldContain(first.GetProperty("entryPrice").GetDouble().ToString("R", CultureInfo.InvariantCulture));

        await ChartIsOfItsBarsAsync();
        await MonthsCompoundAsync(folder);
        (await server.Client.GetByteArrayAsync($"/api/v1/runs/{run.Id}/files/manifest.json"))
            .ShouldBe(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        await (await server.Client.GetAsync($"/api/v1/runs/{run.Id}/files/.submission")).ProblemAsync(404);
        await (await server.Client.GetAsync($"/api/v1/runs/{run.Id}/chart?symbol=none")).ProblemAsync(400);
        (await (await server.Client.GetAsync($"/api/v1/runs/{run.Id}/chart?symbol=alpha-daily&factors=smaa(3)")).ProblemAsync(400))
            .ShouldContain("smaa");

        Task<JsonElement> GetAsync(string rest) => server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/{rest}");

        async Task ChartIsOfItsBarsAsync()
        {
            var all = await GetAsync("chart?symbol=alpha-daily&factors=sma(3)&points=20000");
            var (bars, factor) = (all.GetProperty("bars"), Numbers(all.GetProperty("factors")[0].GetProperty("values")));
            var closes = Numbers(bars.GetProperty("close")).Select(c => c!.Value).ToList();
            closes.Count.ShouldBe(bars.GetProperty("rows").GetInt32());
            factor[1].ShouldBeNull();
            for (var i = 2; i < closes.Count; i++) factor[i]!.Value.ShouldBe((closes[i] + closes[i - 1] + closes[i - 2]) / 3, 1e-9);
            // Joined bars have the factor of their last bar.
            var joined = await GetAsync("chart?symbol=alpha-daily&factors=sma(3)&points=50");
            Numbers(joined.GetProperty("bars").GetProperty("close")).Count.ShouldBe(50);
            Numbers(joined.GetProperty("factors")[0].GetProperty("values"))[^1].ShouldBe(factor[^1]);
            var times = bars.GetProperty("times").EnumerateArray().Select(t => t.GetString()!).ToList();
            var part = await GetAsync($"chart?symbol=alpha-daily&from={times[10]}&to={times[20]}");
            Numbers(part.GetProperty("bars").GetProperty("close")).Select(c => c!.Value).ShouldBe(closes[10..20]);
        }

        async Task MonthsCompoundAsync(string of)
        {
            var equity = File.ReadAllLines(Path.Combine(of, "equity.csv")).Skip(1)
                .Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)).ToList();
            var months = Numbers((await GetAsync("series/months")).GetProperty("values"));
            months.Count.ShouldBeGreaterThan(10);
            months.Aggregate(1.0, (product, m) => product * (1 + m!.Value)).ShouldBe(equity[^1] / equity[0], 1e-9);
        }
    }

    [Fact]
    public async Task Trades_are_sorted_narrowed_to_a_span_and_paged_and_a_changed_file_is_read_again()
    {
        var server = real.Server;
        var run = await server.UntilAsync((await server.SubmitAsync(Batch)).Id, s => s.Ended);
        var folder = Path.Combine(server.Folder, run.Id);
        var lines = File.ReadAllLines(Path.Combine(folder, "portfolio_trades.csv"));
        var header = lines[0].Split(',').ToList();
        // The id of a strategy has commas, so that columns are counted from the end.
        string Cell(string line, string column) => line.Split(',')[^(header.Count - header.IndexOf(column))];
        double Profit(string line) => double.Parse(Cell(line, "pnl_net"), CultureInfo.InvariantCulture);
        var trades = lines.Skip(1).ToList();
        var middle = Cell(trades.OrderBy(t => Cell(t, "exit_time"), StringComparer.Ordinal).ElementAt(trades.Count / 2), "exit_time");

        await SameAsync("portfolio-trades?sort=-pnlNet", trades.OrderByDescending(Profit));
        await SameAsync("portfolio-trades?sort=pnlNet", trades.OrderBy(Profit));
        await SameAsync($"portfolio-trades?from={middle}", trades.Where(t =>
            string.CompareOrdinal(Cell(t, "exit_time"), middle) >= 0 && Cell(t, "exit_reason") != "open"));
        await SameAsync($"portfolio-trades?to={middle}&sort=-exitTime", trades
            .Where(t => string.CompareOrdinal(Cell(t, "exit_time"), middle) < 0).OrderByDescending(t => Cell(t, "exit_time"),
                StringComparer.Ordinal));
        var page = await GetAsync("portfolio-trades?sort=-pnlNet&limit=2&cursor=3");
        Profits(page).ShouldBe(trades.Select(Profit).OrderDescending().Skip(3).Take(2));
        page.GetProperty("next").GetString().ShouldBe("5");

        foreach (var (query, sentence) in new[] { ("trades?sort=profit", "pnlNet"), ("conditions?from=2020-01-01", "leave out from and to"),
            ("trades?from=yesterday", "from yesterday is not a date"), ("trades?cursor=x", "begin without") })
            (await (await server.Client.GetAsync($"/api/v1/runs/{run.Id}/{query}")).ProblemAsync(400)).ShouldContain(sentence);

        var (path, id) = (Path.Combine(folder, "trades.csv"), run.Progress.Leaders![0].Id);
        var own = $"trades?strategy={Uri.EscapeDataString(id)}";
        var before = (await GetAsync(own)).GetProperty("total").GetInt32();
        var kept = File.ReadAllLines(path).ToList();
        kept.RemoveAt(kept.FindIndex(l => l.Contains(id, StringComparison.Ordinal)));
        await File.WriteAllLinesAsync(path, kept);
        (await GetAsync(own)).GetProperty("total").GetInt32().ShouldBe(before - 1);

        Task<JsonElement> GetAsync(string rest) => server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/{rest}");

        async Task SameAsync(string query, IEnumerable<string> expected) =>
            Profits(await GetAsync(query + "&limit=1000")).ShouldBe(expected.Select(Profit));

        static IEnumerable<double> Profits(JsonElement page) =>
            page.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("pnlNet").GetDouble());
    }

    [Fact]
    public async Task A_strategy_that_cannot_be_run_again_has_no_curve_and_the_answer_says_why()
    {
        var server = real.Server;
        var run = await server.UntilAsync((await server.SubmitAsync(Batch)).Id, s => s.Ended);
        var strategy = $"strategy={Uri.EscapeDataString(run.Progress.Leaders![0].Id)}";
        var whole = await GetAsync($"series/equity?{strategy}");
        whole.GetProperty("rows").GetInt32().ShouldBeGreaterThan(100);
        whole.TryGetProperty("why", out _).ShouldBeFalse();
        // Another trade in the file than the strategy makes.
        var path = Path.Combine(server.Folder, run.Id, "trades.csv");
        var lines = (await File.ReadAllLinesAsync(path)).ToList();
        lines.RemoveAt(lines.FindIndex(l => l.Contains(run.Progress.Leaders[0].Id, StringComparison.Ordinal)));
        await File.WriteAllLinesAsync(path, lines);
        var manifest = Path.Combine(server.Folder, run.Id, "manifest.json");
        File.SetLastWriteTimeUtc(manifest, File.GetLastWriteTimeUtc(manifest).AddSeconds(1));
        var none = await GetAsync($"series/equity?{strategy}");
        none.GetProperty("rows").GetInt32().ShouldBe(0);
        none.GetProperty("why").GetString().ShouldNotBeNull().ShouldContain("makes other trades");
        var figures = await GetAsync($"figures?{strategy}");
        figures.GetProperty("missing").GetString().ShouldNotBeNull().ShouldContain("makes other trades");
        figures.GetProperty("stats").EnumerateObject().Select(f => f.Name).ShouldContain("winRate");
        figures.GetProperty("stats").EnumerateObject().Select(f => f.Name).ShouldNotContain("sharpe");

        Task<JsonElement> GetAsync(string rest) => server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/{rest}");
    }

    [Fact]
    public async Task The_quickstart_is_one_call_that_needs_no_data_of_the_caller()
    {
        await using var server = await ApiServer.StartAsync(parts: TestEffort.IsLong ? ServerParts.RealHost : ServerParts.None);
        using var answer = await server.Client.PostAsync("/api/v1/batches/quickstart", null);
        answer.EnsureSuccessStatusCode();
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        // Its batch and its bars are those of the command line, so that its digest is too. The long form computes it.
        var (samples, written) = (Path.Combine(SharedData.RepositoryRoot, "samples"), Path.Combine(server.Folder, ".samples"));
        var bars = Directory.GetFiles(Path.Combine(samples, "data", "1h"));
        bars.Length.ShouldBe(6);
        foreach (var file in bars)
            File.ReadAllBytes(Path.Combine(written, "data", "1h", Path.GetFileName(file))).AsSpan()
                .SequenceEqual(File.ReadAllBytes(file)).ShouldBeTrue(file);
        if (!TestEffort.IsLong)
        {
            for (var step = 0; step < 3; step++) server.Host.Go();
            (await server.UntilAsync(id, s => s.Ended)).Fault.ShouldBeNull();
            var spec = server.Host.Specs.Single();
            spec.Text.ToArray().ShouldBe(File.ReadAllBytes(Path.Combine(samples, "quickstart.json")));
            spec.Folder.ShouldBe(written);
            return;
        }

        var run = await server.UntilAsync(id, s => s.Ended);
        run.Fault.ShouldBeNull();
        run.Progress.Strategies.ShouldBe(1008);
        // As ./granary backtest samples/quickstart.json.
        run.Digest.ShouldBe("d3d7ba3bee077922563d38581a18b56db9b4b71a9971bd6a037dd01d6c400859");
        run.Progress.Leaders!.Count.ShouldBe(10);
        run.Files.ShouldContain("report.html");
    }

    [Fact]
    public async Task Decisions_and_acts_of_models_are_the_rows_of_their_files_and_a_run_without_models_has_none()
    {
        var server = real.Server;
        var learned = Batch.Replace("\"portfolio\"", """
            "learning": { "name": "gate", "trainer": "logistic", "apply": { "rule": "veto", "below": 0.5 },
              "watch": "ddm", "abstain": true },
            "portfolio"
            """, StringComparison.Ordinal);
        var run = await server.UntilAsync((await server.SubmitAsync(learned)).Id, s => s.Ended);
        run.Fault.ShouldBeNull();
        foreach (var (path, file) in new[] { ("model-decisions", "model_decisions.csv"), ("model-log", "model_log.csv") })
        {
            var rows = await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run.Id}/{path}");
            var lines = File.ReadAllLines(Path.Combine(server.Folder, run.Id, file));
            rows.GetProperty("total").GetInt32().ShouldBe(lines.Length - 1);
            if (path == "model-log") continue;
            lines.Length.ShouldBeGreaterThan(1);
            var first = rows.GetProperty("items")[0];
            lines[1].ShouldContain(first.GetProperty("strategy").GetString()!);
            lines[1].ShouldContain($",{first.GetProperty("change").GetString()},");
            lines[1].ShouldEndWith(first.GetProperty("worth").GetDouble().ToString("R", CultureInfo.InvariantCulture));
        }

        var plain = await server.UntilAsync((await server.SubmitAsync(Batch)).Id, s => s.Ended);
        foreach (var path in new[] { "model-decisions", "model-log" })
            (await (await server.Client.GetAsync($"/api/v1/runs/{plain.Id}/{path}")).ProblemAsync(400)).ShouldContain("'learning'");
    }

    private static List<double?> Numbers(JsonElement values) =>
        [.. values.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : v.GetDouble())];
}
