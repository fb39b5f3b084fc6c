using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>A small batch in which a model gates some of the strategies.</summary>
internal sealed class LearningBatch
{
    public const double Cash = 100_000, Commission = 0.001;

    public MarketSet Markets { get; } = new(new Dictionary<string, List<MarketBar>>
    {
        // Moves go on for some days, so that a model has something to learn.
        ["AAA"] = new RandomMarket(51).Bars(RandomMarket.Weekdays(new DateTime(2017, 1, 2, 0, 0, 0, DateTimeKind.Utc), 900), 0.02,
            memory: 0.6),
    });

    /// <summary>Strategies whose entries a model judges.</summary>
    public static bool IsFiltered(string id) => id.StartsWith("SmaCross", StringComparison.Ordinal);

    /// <param name="weights">Of the portfolio.</param>
    /// <param name="isStressed">Whether costs are doubled and orders come one bar later.</param>
    /// <returns>Path of the batch file.</returns>
    public string Write(TemporaryFolder folder, string name, JsonNode weights, bool isStressed)
    {
        foreach (var (symbol, bars) in Markets.Bars) MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
        var batch = JsonNode.Parse("""
            { "name": "learning", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [12, 20] }, "sides": "both", "size": { "percentOfEquity": 40 } },
                { "class": "RsiReversion", "params": { "period": 5, "low": [25, 35], "high": 65 }, "sides": "long",
                  "size": { "percentOfEquity": 40 } }],
              "learning": [{ "name": "gate", "strategies": ["SmaCross"], "trainer": "logistic",
                "features": ["return(1)", "return(5)", "sma(5)/close", "volatility(10)"], "label": { "kind": "direction", "bars": 3 },
                "walkForward": { "window": "expanding", "train": 300, "test": 100 },
                "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 } }],
              "outputs": "all" }
            """)!;
        batch["execution"] = isStressed ? new JsonObject { ["commissionPercent"] = 200 * Commission, ["latencyBars"] = 1 }
            : new JsonObject { ["commissionPercent"] = 100 * Commission };
        batch["portfolio"] = new JsonObject { ["weights"] = weights };
        return folder.Write(name, batch.ToJsonString());
    }
}
