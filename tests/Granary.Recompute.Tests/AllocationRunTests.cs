using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Allocation methods: each choice, and the risk of the last one, follow from the weekly returns of the strategies before it.</summary>
public class AllocationRunTests
{
    private const double Cash = 100_000, Commission = 0.001, Most = 0.3;

    // Weeks, of the batch below.
    private const int Every = 13, Window = 26;

    [Theory]
    [InlineData("minimum-variance")]
    [InlineData("risk-parity")]
    [InlineData("hierarchical-risk-parity")]
    public async Task Weights_of_an_allocation_method_follow_from_the_equity_before_them(string method)
    {
        using var folder = new TemporaryFolder();
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        foreach (var (seed, symbol) in new[] { (71, "AAA"), (72, "BBB") })
        {
            markets[symbol] = new RandomMarket(seed)
                .Bars(RandomMarket.Weekdays(new DateTime(2016, 1, 4, 0, 0, 0, DateTimeKind.Utc), 700), 0.02);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), markets[symbol]);
        }
        var most = method == "minimum-variance" ? ", \"maxWeight\": 0.3" : "";
        var batch = folder.Write("batch.json", $$"""
            { "name": "allocated", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [10, 15] }, "sides": "both",
                "size": { "percentOfEquity": 60 } }],
              "portfolio": { "weights": "{{method}}", "rebalance": { "every": "13w", "window": "26w"{{most}} } }, "outputs": "all" }
            """);
        await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("run"), "--quiet", "--no-guards");

        var files = new RunFiles(folder.File("run"));
        var run = new RunFigures(files, new MarketSet(markets), Cash, Commission);
        string[] ids = [.. files.Strategies.Select(s => s.GetProperty("id").GetString()!)];
        var weeks = files.Strategies.Select(s => WeeklyReturns.Of(run.OwnRows(s), Cash)).ToList();
        var (first, last) = (weeks.Min(w => w.First), weeks.Max(w => w.First + w.Returns.Length - 1));
        var check = new ResultsCheck(files.Results.GetProperty("weights"));
        check.Number("everyDays", 7 * Every);
        check.Number("windowDays", 7 * Window);
        var (choices, weights, returns) = (0, Array.Empty<double>(), Array.Empty<double[]>());
        for (var at = first + Window; at <= last; at += Every)
        {
            var end = at;
            returns = [.. weeks.Select(w => Enumerable.Range(end - Window, Window).Select(w.At).ToArray())];
            weights = Weights(method, returns);
            Choice(check, $"history[{choices}].", WeeklyReturns.Start(at), ids, weights, isFirst: choices == 0);
            choices++;
        }
        choices.ShouldBeGreaterThan(5);
        check.Number("choices", choices);
        Risk(check, ids, weights, returns);
        check.Demand();
        foreach (var strategy in files.Strategies)
            strategy.GetProperty("weight").GetDouble().ShouldBe(weights[Array.IndexOf(ids, strategy.GetProperty("id").GetString())], 1e-7);
        var page = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        page.List("Choices of weights", JsonRecord.List(files.Results, "weights.history"));
        page.List("Risk of the last choice", JsonRecord.List(files.Results, "weights.risk.contributions"));
        page.Differences.ShouldBeEmpty();
    }

    private static double[] Weights(string method, double[][] returns) => method switch
    {
        "minimum-variance" => AllocationFigures.MinimumVariance(AllocationFigures.Shrunk(returns).Covariance, Most),
        "risk-parity" => AllocationFigures.RiskParity(AllocationFigures.Shrunk(returns).Covariance),
        _ => AllocationFigures.HierarchicalRiskParity(AllocationFigures.Covariance(returns, returns[0].Length - 1)),
    };

    private static void Choice(ResultsCheck check, string path, DateTime from, string[] ids, double[] weights, bool isFirst)
    {
        check.Text(path + "from", $"{from:yyyy-MM-ddTHH:mm:ss}Z");
        check.Number(path + "strategies", ids.Length);
        check.Number(path + "new", isFirst ? ids.Length : 0);
        check.Number(path + "sum", 1, 1e-9);
        check.Number(path + "largest", weights.Max(), 1e-7);
        foreach (var (k, id) in ids.Index())
        {
            check.Text($"{path}chosen[{k}].strategy", id);
            check.Number($"{path}chosen[{k}].weight", weights[k], 1e-6);
        }
    }

    private static void Risk(ResultsCheck check, string[] ids, double[] weights, double[][] returns)
    {
        var (covariance, shrinkage) = AllocationFigures.Shrunk(returns);
        var pull = covariance.Select(row => row.Zip(weights, (c, w) => c * w).Sum()).ToArray();
        var variance = pull.Zip(weights, (p, w) => p * w).Sum();
        check.Number("risk.periods", Window);
        check.Number("risk.periodDays", 7);
        check.Number("risk.return", returns.Select((r, i) => weights[i] * r.Average()).Sum(), 1e-6);
        check.Number("risk.volatility", Math.Sqrt(variance), 1e-6);
        check.Number("risk.shrinkage", shrinkage, 1e-6);
        foreach (var (k, id) in ids.Index())
        {
            check.Text($"risk.contributions[{k}].strategy", id);
            check.Number($"risk.contributions[{k}].weight", weights[k], 1e-6);
            check.Number($"risk.contributions[{k}].share", weights[k] * pull[k] / variance, 1e-6);
        }
    }
}
