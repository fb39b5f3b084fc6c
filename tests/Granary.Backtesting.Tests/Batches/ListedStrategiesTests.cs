using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Which strategies' trades and signals a run's files list.</summary>
public sealed class ListedStrategiesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-listed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Each with 10 signals that were all filled.
    private static ListedStrategies Of(OutputSet outputs, int mostRows, params (double Weight, double Sharpe)[] strategies)
    {
        var entries = strategies.Select((s, i) => new StrategyEntry(i, $"S{i}", "S", [], "A", "1d", "both", s.Weight,
            MetricCatalogue.BuiltIn.Read(new Dictionary<string, double> { ["sharpe"] = s.Sharpe, ["finalEquity"] = 1 }))).ToList();
        var outcomes = entries.ToDictionary(e => e.Index, e => new StrategyOutcome(e.Index, e.Stats, default, 10, 100, null));
        return ListedStrategies.Of(outputs, outcomes, [.. strategies.Select(s => s.Weight)], mostRows);
    }

    [Fact]
    public void Strategies_with_weight_come_first_and_the_best_of_equal_weight_before_the_others()
    {
        // A strategy with weight takes 20 rows, its trades and its signals; one without takes 10.
        var listed = Of(OutputSet.Default, 50, (0, 9), (1, 0.5), (1, 2), (0, 1), (0, 3));
        listed.Trades.Order().ShouldBe([0, 1, 2]);
        listed.Signals.Order().ShouldBe([1, 2]);
        Of(OutputSet.Default, 25, (0, 9), (1, 0.5), (1, 2), (0, 1), (0, 3)).Trades.ShouldBe([2]);
    }

    [Fact]
    public void A_batch_whose_rows_fit_lists_every_trade_and_one_strategy_is_always_listed()
    {
        Of(OutputSet.Default, 60, (0, 1), (1, 1), (1, 2)).Trades.Count.ShouldBe(3);
        Of(OutputSet.Default, 1, (0, 1), (1, 1), (1, 2)).Trades.ShouldBe([2]);
    }

    [Fact]
    public void Outputs_all_lists_every_strategy_however_many_rows_there_are()
    {
        var listed = Of(OutputSet.All, 1, (0, 1), (1, 1), (1, 2));
        (listed.Trades.Count, listed.Signals.Count).ShouldBe((3, 3));
    }

    [Fact]
    public void Where_no_strategy_has_a_weight_the_signals_of_those_that_are_listed_are_written()
    {
        Of(OutputSet.Default, 20, (0, 1)).Signals.ShouldBe([0]);
        // Trades and signals of each take 20 rows.
        Of(OutputSet.Default, 40, (0, 1), (0, 3), (0, 2)).Signals.Order().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_single_strategy_without_weight_leaves_nothing_out_and_no_note_says_so()
    {
        var run = await RunAsync("lone", 1, """{ "fast": 5, "slow": 6 }""");
        run.Model.Strategies.ShouldHaveSingleItem().Weight.ShouldBe(0);
        run.Model.Notes.ShouldNotContain(n => n.Code == NoteCode.Output);
        File.ReadAllLines(Path.Combine(run.Folder, "signals.csv")).Length.ShouldBeGreaterThan(100);
        File.ReadAllLines(Path.Combine(run.Folder, "factors.csv")).Length.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Events_beyond_the_maximum_are_dropped_and_files_and_digest_stay_the_same()
    {
        // The commission of "lone" leaves most strategies without weight.
        const string Parameters = """{ "fast": [5, 8, 12], "slow": [30, 50] }""";
        foreach (var name in (string[])["lone", "listed"])
        {
            var (kept, dropped) = (await RunAsync(name, 1, Parameters), await RunAsync(name, 2, Parameters, "dropped", mostEvents: 10_000));
            dropped.Model.Digest.ShouldBe(kept.Model.Digest);
            foreach (var file in (string[])["trades.csv", "signals.csv", "factors.csv", "portfolio_trades.csv", "conditions.csv"])
                (await File.ReadAllTextAsync(Path.Combine(dropped.Folder, file)))
                    .ShouldBe(await File.ReadAllTextAsync(Path.Combine(kept.Folder, file)), $"{name} {file}");
            File.ReadAllLines(Path.Combine(kept.Folder, "trades.csv")).Length.ShouldBeGreaterThan(100);
        }
    }

    private async Task<BatchRun> RunAsync(string name, int threads, string parameters = """{ "fast": [5, 8, 12], "slow": [30, 50] }""",
        string folder = "", long? mostEvents = null)
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        var text = $$"""
            { "name": "listed", "data": { "source": "csv:{{bars}}", "symbols": "ACME", "timeframe": "1h" },
              "execution": { "commissionPercent": {{(name == "lone" ? "1" : "0")}} },
              "strategies": [ { "class": "SmaCross", "params": {{parameters}}, "size": { "percentOfEquity": 20 } } ] }
            """;
        var spec = new BatchReader(TestCatalogues.All).Read("listed.json", Encoding.UTF8.GetBytes(text), _folder);
        var options = new BatchOptions { Out = Path.Combine(_folder, name + folder), Validation = false, Threads = threads };
        var runner = new BatchRunner(new EmbeddedHost(1), TimeProvider.System);
        if (mostEvents is { } most) runner = new BatchRunner(new EmbeddedHost(1), TimeProvider.System) { MostEvents = most };
        return await runner.RunAsync(spec, options);
    }

    [Fact]
    public async Task Files_that_are_written_at_once_are_the_same_as_those_written_one_after_another()
    {
        var (alone, together) = (await RunAsync("alone", 1), await RunAsync("together", 4));
        foreach (var file in (string[])["trades.csv", "signals.csv", "factors.csv", "portfolio_trades.csv", "trades_by_model.csv",
            "equity.csv"])
            (await File.ReadAllTextAsync(Path.Combine(together.Folder,
                file))).ShouldBe(await File.ReadAllTextAsync(Path.Combine(alone.Folder, file)), file);
        Directory.EnumerateFileSystemEntries(together.Folder).Select(Path.GetFileName).Order()
            .ShouldBe(Directory.EnumerateFileSystemEntries(alone.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Results_of_each_strategy_stand_on_a_line_of_their_own_and_trades_by_model_adds_their_statistics_up()
    {
        var run = await RunAsync("run", 2);
        var lines = await File.ReadAllLinesAsync(Path.Combine(run.Folder, "results.json"));
        foreach (var strategy in run.Model.Strategies)
        {
            var line = lines.Where(l => l.StartsWith($"    {{\"id\":\"{strategy.Id}\"", StringComparison.Ordinal)).ShouldHaveSingleItem();
            JsonDocument.Parse(line.Trim().TrimEnd(',')).RootElement.GetProperty("stats").GetProperty("trades").GetInt64()
                .ShouldBe(strategy.Stats!.Trades);
        }
        var closed = (await File.ReadAllLinesAsync(Path.Combine(run.Folder, "trades.csv"))).Skip(1)
            .Select(l => l[(l.LastIndexOf('"') + 2)..].Split(','))
            .Where(f => f[12] != "open").Select(f => double.Parse(f[9], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var sums = (await File.ReadAllLinesAsync(Path.Combine(run.Folder, "trades_by_model.csv")))[1].Split(',');
        sums[1].ShouldBe("6");
        sums[2].ShouldBe(closed.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        double.Parse(sums[3], System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBe(closed.Count(n => n > 0) / (double)closed.Count, 1e-12);
        double.Parse(sums[4], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(closed.Sum(), 1e-6);
    }

    [Fact]
    public async Task Trades_that_one_run_does_not_list_are_not_compared_and_not_called_missing()
    {
        var (a, b) = (await RunAsync("a", 1), await RunAsync("b", 1));
        var id = a.Model.Strategies[2].Id;
        var results = Path.Combine(a.Folder, "results.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(results))!;
        json["strategies"]![2]!["tradesListed"] = false;
        await File.WriteAllTextAsync(results, json.ToJsonString());
        var trades = Path.Combine(a.Folder, "trades.csv");
        await File.WriteAllLinesAsync(trades, (await File.ReadAllLinesAsync(trades)).Where(l => !l.Contains(id, StringComparison.Ordinal)));
        var difference = RunDifference.Of(a.Folder, SavedRun.Read(a.Folder, MetricCatalogue.BuiltIn), b.Folder,
            SavedRun.Read(b.Folder, MetricCatalogue.BuiltIn));
        difference.NotListed.ShouldBe(1);
        difference.Trades.ShouldBeEmpty();
    }
}
