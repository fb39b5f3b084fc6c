using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Weights over time: each choice follows from the equity of the strategies' own accounts before it.</summary>
public class RebalancedBatchTests
{
    private const double Cash = 100_000, Commission = 0.001;

    // Weeks, of the batch below.
    private const int Every = 13, Window = 26;

    [Theory]
    [InlineData("equal")]
    [InlineData("risk-parity")]
    public async Task Compared_weight_rules_follow_from_the_equity_of_the_strategies(string rule)
    {
        using var folder = new TemporaryFolder();
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        foreach (var (seed, symbol) in new[] { (81, "AAA"), (82, "BBB") })
        {
            markets[symbol] = new RandomMarket(seed)
                .Bars(RandomMarket.Weekdays(new DateTime(2016, 1, 4, 0, 0, 0, DateTimeKind.Utc), 700), 0.02);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), markets[symbol]);
        }
        var batch = folder.Write("batch.json", $$"""
            { "name": "compared", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [15, 30] }, "sides": "both",
                "size": { "percentOfEquity": 60 } }],
              "portfolio": { "weights": "{{rule}}", "rebalance": { "every": "13w", "window": "26w" } }, "outputs": "all" }
            """);
        await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("run"), "--quiet", "--no-guards");
        var files = new RunFiles(folder.File("run"));
        var run = new RunFigures(files, new MarketSet(markets), Cash, Commission);
        var section = files.Results.GetProperty("allocations");
        section.GetProperty("rules").GetArrayLength().ShouldBe(9);
        section.GetProperty("risk").GetProperty("rule").GetString().ShouldBe(rule);
        using var document = JsonDocument.Parse($$"""{ "allocations": {{section.GetRawText()}} }""");
        var check = new ResultsCheck(document.RootElement);
        AllocationTables.Results(check, run);
        check.Demand();
        var page = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        AllocationTables.Page(page, run);
        page.Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Choices_of_weights_over_time_follow_from_the_equity_before_them()
    {
        using var folder = new TemporaryFolder();
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        foreach (var (seed, symbol) in new[] { (71, "AAA"), (72, "BBB") })
        {
            markets[symbol] = new RandomMarket(seed)
                .Bars(RandomMarket.Weekdays(new DateTime(2016, 1, 4, 0, 0, 0, DateTimeKind.Utc), 700), 0.02);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), markets[symbol]);
        }
        var batch = folder.Write("batch.json", """
            { "name": "rebalanced", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [15, 30] }, "sides": "both",
                "size": { "percentOfEquity": 60 } }],
              "portfolio": { "weights": "winners", "rebalance": { "every": "13w", "window": "26w" } }, "outputs": "all" }
            """);
        await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("run"), "--quiet", "--no-guards");

        var files = new RunFiles(folder.File("run"));
        var set = new MarketSet(markets);
        AccountCheck.Strategies(files, set, Cash, Commission);
        var run = new RunFigures(files, set, Cash, Commission);
        var choices = Choices([.. files.Strategies.Select(s => (s.GetProperty("id").GetString()!, run.OwnRows(s)))]);
        choices.Count.ShouldBeGreaterThan(5);
        choices.ShouldContain(c => c.Chosen.Count > 0);
        Results(files.Results.GetProperty("weights"), choices);
        var page = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        page.List("Choices of weights", JsonRecord.List(files.Results, "weights.history"));
        page.Differences.ShouldBeEmpty();
        // The last choice is what the strategies weigh in the end, and nothing trades before the first.
        files.Weighted.Select(s => s.GetProperty("id").GetString()!).ShouldBe(choices[^1].Chosen);
        files.PortfolioTrades().Min(t => t.EntryTime).ShouldBeGreaterThanOrEqualTo(choices[0].From);
        run.Rows[^1].Equity.ShouldBe(files.Equity()[^1].Equity, 1e-6 * Cash);
    }

    // Strategies that gained over the window before each choice.
    private static List<(DateTime From, List<string> Chosen)> Choices(IReadOnlyList<(string Id, List<EquityRow> Rows)> strategies)
    {
        var weeks = strategies.Select(s => (s.Id, Returns: WeeklyReturns.Of(s.Rows, Cash))).ToList();
        var (first, last) = (weeks.Min(w => w.Returns.First), weeks.Max(w => w.Returns.First + w.Returns.Returns.Length - 1));
        var found = new List<(DateTime, List<string>)>();
        for (var at = first + Window; at <= last; at += Every)
            found.Add((WeeklyReturns.Start(at), [.. weeks.Where(w => Enumerable.Range(at - Window, Window)
                .Aggregate(1.0, (g, week) => g * (1 + w.Returns.At(week))) > 1 + 1e-12).Select(w => w.Id)]));
        return found;
    }

    private static void Results(JsonElement section, List<(DateTime From, List<string> Chosen)> choices)
    {
        var check = new ResultsCheck(section);
        check.Number("everyDays", 7 * Every);
        check.Number("windowDays", 7 * Window);
        check.Number("choices", choices.Count);
        foreach (var (i, (from, chosen)) in choices.Index())
        {
            var path = $"history[{i}].";
            check.Text(path + "from", $"{from:yyyy-MM-ddTHH:mm:ss}Z");
            check.Number(path + "strategies", chosen.Count);
            check.Number(path + "new", chosen.Except(i > 0 ? choices[i - 1].Chosen : []).Count());
            check.Number(path + "sum", chosen.Count);
            check.Number(path + "largest", chosen.Count > 0 ? 1 : 0);
            foreach (var (k, id) in chosen.Index())
            {
                check.Text($"{path}chosen[{k}].strategy", id);
                check.Number($"{path}chosen[{k}].weight", 1);
            }
        }
        check.Demand();
    }
}
