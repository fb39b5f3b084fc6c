using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>A batch whose weights a policy learns, over two random markets.</summary>
internal sealed class AllocatorBatch(TemporaryFolder folder)
{
    public const double Cash = 100_000, Commission = 0.001;

    public Dictionary<string, List<MarketBar>> Markets { get; } = new[] { ("AAA", 41), ("BBB", 42) }.ToDictionary(m => m.Item1, m =>
        new RandomMarket(m.Item2).Bars(RandomMarket.Weekdays(new(2019, 1, 7, 0, 0, 0, DateTimeKind.Utc), 560), 0.012),
            StringComparer.Ordinal);

    /// <returns>Path of the batch file.</returns>
    public string Write()
    {
        foreach (var (symbol, bars) in Markets) MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
        return folder.Write("learned.json", Text("""
            { "weights": "ppo", "rebalance": { "every": "26w", "window": "26w" },
              "allocator": { "steps": 2048, "seeds": 3, "episode": 50 } }
            """));
    }

    /// <summary>Log growth of the portfolio with weights that stay, from the close of a row to that of another.</summary>
    /// <param name="strategies">Weights by strategy.</param>
    /// <param name="from">The first row is the first whose bar closes then or later: the first decision is made at its close.</param>
    /// <param name="to">The last row is the first whose bar closes then or later: until there the decision before it has its return.
    /// Null for the last row of the data.</param>
    /// <param name="isStressed">Every cost doubled, every order one bar later.</param>
    public async Task<double> GrowthAsync(IReadOnlyDictionary<string, double> strategies, DateTime from, DateTime? to, bool isStressed)
    {
        var batch = JsonNode.Parse(Text("{}"))!;
        var weights = new JsonObject();
        foreach (var (strategy, weight) in strategies.Where(s => s.Value > 0)) weights[strategy] = weight;
        if (weights.Count == 0) return 0;
        batch["portfolio"] = new JsonObject { ["weights"] = weights, ["from"] = Day(OpenOf(from)) };
        if (to is { } end) batch["data"]!["to"] = Day(OpenOf(end).AddDays(1));
        if (isStressed)
            batch["execution"] = new JsonObject { ["commissionPercent"] = 0.2, ["slippagePercent"] = 0.1, ["latencyBars"] = 1 };
        batch["outputs"] = new JsonArray("results");
        var output = folder.File("fixed");
        await GranaryCommand.RunAsync("backtest", folder.Write("fixed.json", batch.ToJsonString()), "--out", output, "--quiet",
            "--no-guards");
        return Math.Log(new RunFiles(output).PortfolioStats.GetProperty("finalEquity").GetDouble() / Cash);
    }

    /// <summary>Log growth of the markets, bought in equal parts at the close of the first row and sold at that of the last.</summary>
    public double HoldGrowth(DateTime from, DateTime? to) => Math.Log(Markets.Values.Average(bars =>
    {
        var rows = bars.Where(b => b.Time >= OpenOf(from) && (to is null || b.Time <= OpenOf(to.Value))).ToList();
        return rows[^1].Close / rows[0].Close;
    }));

    // A day is known when it is over.
    private DateTime OpenOf(DateTime close) => Markets.Values.First().First(b => b.Time.AddDays(1) >= close).Time;

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(string portfolio) => $$"""
        { "name": "learned", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" }, "account": { "cash": {{Cash}} },
          "execution": { "commissionPercent": 0.1, "slippagePercent": 0.05 },
          "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": 15 }, "sides": "both",
            "size": { "percentOfEquity": 40 } }],
          "regimes": { "machines": [{ "name": "trend", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5,
            "leavePercent": 0.1 }] },
          "portfolio": {{portfolio}}, "outputs": "all", "seed": 3 }
        """;
}
