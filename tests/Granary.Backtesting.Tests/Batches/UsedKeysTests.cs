using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>
/// Each key of the sections below changes the results of a run, or is refused: no kind of run accepts a key that it does not use. A new key
/// of the schema needs an example here.
/// </summary>
public sealed class UsedKeysTests : IDisposable
{
    private static readonly string[] s_sections = ["account", "execution", "portfolio", "portfolio.rebalance", "portfolio.size",
        "portfolio.enable"];

    // By key: a value, and a baseline of the batch in which it matters. "-" = see s_elsewhere.
    private static readonly FrozenDictionary<string, (string Value, string Base)> s_examples =
        new Dictionary<string, (string Value, string Base)>
    {
        ["account.cash"] = ("50000", ""),
        ["execution.commissionPercent"] = ("0.2", ""),
        ["execution.commissionMakerPercent"] = ("0.01", Limit),
        ["execution.commissionPerUnit"] = ("0.1", ""),
        ["execution.commissionPerOrder"] = ("5", ""),
        ["execution.commissionMinimum"] = ("200", ""),
        ["execution.commissionTiers"] = ("[{ \"from\": 1000, \"percent\": 0.01 }]", ""),
        ["execution.commissionTierDays"] = ("1", """ { "execution": { "commissionTiers": [{ "from": 100000, "percent": 0.01 }] } } """),
        ["execution.slippagePercent"] = ("0.1", ""),
        ["execution.slippageTicks"] = ("5", Tick),
        ["execution.slippageVolumeImpact"] = ("0.1", ""),
        ["execution.spreadPercent"] = ("0.1", ""),
        ["execution.latencyBars"] = ("2", ""),
        ["execution.volumePercent"] = ("1", ""),
        ["execution.timeInForce"] = ("\"day\"", Limit),
        ["execution.borrowPercent"] = ("5", ""),
        ["execution.symbols"] = ("{ \"A\": { \"commissionPercent\": 1 } }", ""),
        ["execution.marginRatePercent"] = ("5", Leverage),
        ["execution.leverage"] = ("3", """ { "strategies": [{ "size": { "percentOfEquity": 150 } }] } """),
        ["execution.maintenancePercent"] = ("60", Leverage),
        ["execution.margin"] = ("\"isolated\"", Leverage),
        ["execution.liquidationFeePercent"] = ("5", Isolated),
        ["execution.atEnd"] = ("\"close\"", ""),
        ["execution.stress"] = ("true", ""),
        ["execution.fill"] = ("\"same-close\"", ""),
        ["execution.intrabar"] = ("\"target-first\"", """ { "strategies": [{ "stopLossPercent": 0.3, "takeProfitPercent": 0.3 }] } """),
        ["execution.protectFrom"] = ("\"next-bar\"", """ { "strategies": [{ "stopLossPercent": 0.5 }] } """),
        ["portfolio.weights"] = ("\"score\"", ""),
        ["portfolio.limits"] = ("{ \"maxPositions\": 1 }", ""),
        ["portfolio.size"] = ("{ \"percentOfEquity\": 5 }", ""),
        ["portfolio.rebalance"] = ("{ \"every\": \"4w\" }", """ { "portfolio": { "weights": "score" } } """),
        ["portfolio.allocator"] = ("{ \"steps\": 500 }", """ { "portfolio": { "weights": "equal" } } """),
        ["portfolio.chosenBefore"] = ("\"2021-06-01\"", ""),
        ["portfolio.from"] = ("\"2021-06-01\"", ""),
        ["portfolio.onInsufficientCash"] = ("\"reject\"", """ { "portfolio": { "size": { "percentOfEquity": 1000 } } } """),
        ["portfolio.enable"] = ("{ \"by\": \"strategy\", \"trades\": 3, \"minTrades\": 1, \"minWinRate\": 0.9 }", ""),
        ["portfolio.rebalance.every"] = ("\"3w\"", Score),
        ["portfolio.rebalance.window"] = ("\"9w\"", Score),
        ["portfolio.rebalance.maxStrategies"] = ("1", Score),
        ["portfolio.rebalance.maxCorrelation"] = ("0.01", Score),
        ["portfolio.rebalance.maxWeight"] = ("0.2", Score),
        ["portfolio.rebalance.minWeight"] = ("0.1", Least),
        ["portfolio.rebalance.maxSymbolWeight"] = ("0.3", Least),
        ["portfolio.rebalance.maxGroupWeight"] = ("0.3",
            Least[..^4] + """, "limits": { "groups": { "g": { "symbols": ["A", "B"], "maxPercent": 500 } } } } } """),
        ["portfolio.rebalance.turnoverPenalty"] = ("0.001", Least),
        ["portfolio.rebalance.shrinkage"] = ("0.9", Least),
        ["portfolio.rebalance.minTrades"] = ("9", Score),
        ["portfolio.size.units"] = ("3", ""),
        ["portfolio.size.cash"] = ("5000", ""),
        ["portfolio.size.percentOfEquity"] = ("7", ""),
        ["portfolio.size.riskPercent"] = ("0.5", """ { "strategies": [{ "stopLossPercent": 3 }] } """),
        ["portfolio.size.volatilityPercent"] = ("5", ""),
        ["portfolio.size.kelly"] = ("0.5", ""),
        ["portfolio.size.capPercent"] = ("2", """ { "portfolio": { "size": { "volatilityPercent": 10 } } } """),
        ["portfolio.size.trades"] = ("2", Kelly),
        ["portfolio.size.minTrades"] = ("8", Kelly),
        ["portfolio.enable.by"] = ("\"symbol\"", Enable),
        ["portfolio.enable.trades"] = ("1", Enable),
        ["portfolio.enable.minTrades"] = ("3", Enable),
        ["portfolio.enable.minProfitFactor"] = ("5", Enable),
        ["portfolio.enable.minWinRate"] = ("0.9", Enable),
        ["portfolio.enable.minExpectancyPercent"] = ("5", Enable),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Keys that other tests show at work, with the reason why they have no example here.
    private static readonly FrozenDictionary<string, string> s_elsewhere = new Dictionary<string, string>
    {
        ["account.riskFreePercent"] = "figures of the report: RiskFreeSeriesTests",
        ["account.riskFree"] = "a file: RiskFreeSeriesTests",
        ["execution.costs"] = "a file: MeasuredCostKeysTests",
        ["execution.at"] = "a file: MeasuredCostKeysTests",
        ["execution.costsHash"] = "checks a file: MeasuredCostKeysTests",
        ["execution.marginTiers"] = "a file: MarginTableTests",
        ["execution.intrabarPath"] = "smaller bars: IntrabarPathTests",
        ["portfolio.fills"] = "no difference with one timeframe",
        ["portfolio.broker"] = "refuses, and changes nothing",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Rules over the last trades of a strategy: each choice of this short walk-forward has too few. The backtest shows them at work, in the
    // same object of the portfolio.
    private static readonly string[] s_ofManyTrades = ["portfolio.size.trades", "portfolio.enable.by", "portfolio.enable.minTrades",
        "portfolio.enable.minProfitFactor", "portfolio.enable.minExpectancyPercent"];

    private const string Limit = """ { "strategies": [{ "entryOrder": "limit", "entryOffsetPercent": 0.5 }] } """;
    private const string Tick = """ { "data": { "instruments": { "*": { "tick": 0.05 } } } } """;
    private const string Leverage = """ { "execution": { "leverage": 2 }, "strategies": [{ "size": { "percentOfEquity": 180 } }] } """;
    private const string Isolated = """ { "execution": { "leverage": 10, "margin": "isolated", "maintenancePercent": 5 }, """
        + """ "strategies": [{ "size": { "percentOfEquity": 900 } }] } """;
    private const string Score = """ { "portfolio": { "weights": "score", "rebalance": { "every": "6w", "window": "12w" } } } """;
    private const string Least =
        """ { "portfolio": { "weights": "minimum-variance", "rebalance": { "every": "6w", "window": "12w" } } } """;
    private const string Kelly = """ { "portfolio": { "size": { "kelly": 1, "minTrades": 2, "trades": 8 } } } """;
    private const string Enable = """ { "portfolio": { "enable": { "trades": 4, "minTrades": 1, "minWinRate": 0.6 } } } """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;

    public UsedKeysTests()
    {
        // Bars that hit stops and targets, and fall out of step; B ends early.
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        foreach (var (symbol, phase, days) in new[] { ("A", 0.0, 400), ("B", 1.3, 300), ("C", 2.6, 400) })
        {
            var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
            for (var d = 0; d < days; d++)
            {
                double At(double t) => 100 + 8 * Math.Sin(t / 7 + phase) + 5 * Math.Sin(t / 19 - phase) + 2 * Math.Sin(t * 2.1 + phase);
                var (open, close) = (At(d), At(d + 0.8));
                text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 6).AddDays(d / 5 * 7 + d % 5):yyyy-MM-dd},{open},")
                    .Append(CultureInfo.InvariantCulture, $"{Math.Max(open, close) + 0.7},{Math.Min(open, close) - 0.7},{close},40000\n");
            }
            File.WriteAllText(Path.Combine(_folder, "bars", symbol + ".csv"), text.ToString());
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_key_of_these_sections_has_an_example()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json")))!;
        var keys = s_sections.SelectMany(section => section.Split('.').Aggregate(schema, (at, part) => at["properties"]![part]!)
            ["properties"]!.AsObject().Select(p => $"{section}.{p.Key}")).ToList();
        keys.ShouldBe([.. s_examples.Keys, .. s_elsewhere.Keys], ignoreOrder: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_key_changes_the_results_or_is_refused(bool isWalkForward)
    {
        var (ignored, plain) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (key, (value, ground)) in s_examples)
        {
            var batch = Batch(ground);
            if (!plain.TryGetValue(ground, out var before)) plain[ground] = before = await RunAsync(batch, isWalkForward);
            Set(batch, key, JsonNode.Parse(value)!);
            try
            {
                if (await RunAsync(batch, isWalkForward) == before) ignored.Add(key);
            }
            catch (InputException refused)
            {
                refused.Message.ShouldContain(key[(key.LastIndexOf('.') + 1)..], Case.Sensitive, key);
            }
        }
        ignored.Except(isWalkForward ? s_ofManyTrades : []).ShouldBeEmpty();
    }

    private JsonObject Batch(string ground)
    {
        var batch = JsonNode.Parse($$"""
            { "name": "keys", "data": { "source": "csv:{{Path.Combine(_folder, "bars")}}", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": [6, 9] }, "sides": "both",
                "size": { "percentOfEquity": 60 } }],
              "walkForward": { "inSample": "20w", "outOfSample": "6w" }, "portfolio": { "weights": "equal" } }
            """)!.AsObject();
        if (ground.Length > 0) Merge(batch, JsonNode.Parse(ground)!.AsObject());
        return batch;
    }

    private static void Merge(JsonObject into, JsonObject more)
    {
        foreach (var (name, value) in more)
            if (name == "strategies") Merge(into[name]![0]!.AsObject(), value![0]!.AsObject());
            else if (value is JsonObject part && into[name] is JsonObject own) Merge(own, part);
            else into[name] = value!.DeepClone();
    }

    private static void Set(JsonObject batch, string key, JsonNode value)
    {
        var (parts, at) = (key.Split('.'), batch);
        foreach (var part in parts[..^1]) at = (JsonObject)(at[part] ??= new JsonObject());
        at[parts[^1]] = value;
    }

    // The results without what names the run.
    private async Task<string> RunAsync(JsonObject batch, bool isWalkForward)
    {
        var folder = Path.Combine(_folder, "run");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var spec = new BatchReader(TestCatalogues.All).Read("keys.json", Encoding.UTF8.GetBytes(batch.ToJsonString()), _folder);
        var options = new BatchOptions { Out = folder, Validation = false };
        if (isWalkForward)
            await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options, null,
                TestContext.Current.CancellationToken);
        else await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options);
        var results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!;
        return results["digest"]!.ToJsonString() + results["portfolio"]!.ToJsonString();
    }
}
