using System.Collections.Concurrent;
using Granary.Backtesting.Runs;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Feeds;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Batches over seeded markets, and what the embedded host makes of them.</summary>
internal sealed class TestBatches : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-batches-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<BatchRun>>> _embedded = new();

    public TestBatches()
    {
        var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var to = new DateTime(2023, 7, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        DataGeneration.Run(new GenerateRequest(Path.Combine(_folder, "data"),
            DataGeneration.Markets(DataGeneration.SampleSymbols, from, to, 5), [Timeframe.Parse("1h"), Timeframe.Parse("1d")]));
        Granary.Testing.FundingFiles.OfSamples(Path.Combine(_folder, "funding.csv"));
        File.WriteAllText(Path.Combine(_folder, "tiers.csv"), "from,ratePercent,maxLeverage\n0,0.5,50\n20000,1,25\n");
        Mixed = Write("mixed", """
            {
              "name": "mixed", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h", "funding": "funding.csv" },
              "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02, "margin": "isolated", "leverage": 20,
                "marginTiers": "tiers.csv", "liquidationFeePercent": 0.05 },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": [5, 10, 20], "slow": [30, 60, 90] }, "timeframe": ["1h", "4h"],
                  "size": { "percentOfEquity": 20 }, "stopLossPercent": 2, "takeProfitPercent": 4 },
                { "class": "RsiReversion", "params": { "period": [7, 14] }, "sides": "long", "size": { "percentOfEquity": 10 },
                  "maxBars": 30 },
                { "class": "BuyAndHold", "timeframe": "4h", "sides": "long", "size": { "percentOfEquity": 95 } }
              ],
              "portfolio": { "weights": "winners", "limits": { "maxPositions": 10, "maxGrossPercent": 100 } }
            }
            """);
        Sweep = Write("sweep", """
            {
              "name": "sweep", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 8, 10, 12, 15, 18, 20, 25, 30], "slow":
                [40, 50, 60, 70, 80, 90, 100, 120, 140, 160] }, "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" },
              "outputs": ["results", "prod", "equity"]
            }
            """);
        Joined = Write("joined", """
            {
              "name": "joined", "data": { "source": "csv:data/1d", "symbols": "*", "timeframe": "1d" },
              "strategies": [
                { "class": "MonthlyRebalance", "size": { "percentOfEquity": 20 } },
                { "class": "SymbolAllocation", "params": { "window": 20, "every": "1w" } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [20, 30] }, "sides": "both", "size": { "percentOfEquity": 20 } }
              ],
              "portfolio": { "weights": "equal" }
            }
            """);
        Costly = Write("costly", """
            {
              "name": "costly", "data": { "source": "csv:data/1d", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.05, "commissionMinimum": 1, "commissionTiers": [ { "from": 200000, "percent": 0.03 } ],
                "slippageVolumeImpact": 0.1, "latencyBars": 1,
                "volumePercent": 2, "borrowPercent": 4, "leverage": 2, "maintenancePercent": 30, "intrabarPath": "auto", "stress": true },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [20, 30] }, "sides": "both", "timeframe": ["1d", "1w"],
                  "stopLossPercent": 2, "takeProfitPercent": 2 }
              ],
              "portfolio": { "weights": "equal" }, "benchmark": "buy-and-hold"
            }
            """);
        Capped = Write("capped", CappedBatch);
        Retrained = Write("retrained", RetrainedBatch);
    }

    private const string CappedBatch = """
            {
              "name": "capped", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 8], "slow": [20, 30] }, "sides": "both",
                "size": { "percentOfEquity": 100 } } ],
              "learning": [
                { "name": "risk", "trainer": "ridge", "label": { "kind": "drawdown", "bars": 12 },
                  "features": ["volatility(20)", "portfolio-drawdown", "portfolio-win-rate"],
                  "apply": { "rule": "limit", "lossPercent": 1 } },
                { "name": "gate", "strategies": "SmaCross(fast=3*", "trainer": "logistic", "apply": { "rule": "veto", "below": 0.5 },
                  "watch": { "detector": "ddm", "params": { "warmStart": 20 } }, "abstain": true }
              ],
              "portfolio": { "weights": "equal" }
            }
            """;

    private const string RetrainedBatch = """
            {
              "name": "retrained", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [10, 12] }, "sides": "both",
                "size": { "percentOfEquity": 30 } } ],
              "learning": [
                { "name": "trades", "strategies": "SmaCross(fast=3*@COINUSDT*", "trainer": "gradient-boosting",
                  "params": { "trees": 10 }, "features": ["return(1)", "volatility(20)", "return-of(GLIMUSDT)", "beta(GLIMUSDT,20)"],
                  "label": "trade", "apply": { "rule": "veto", "below": 0.5 }, "watch": "adwin", "abstain": true,
                  "retrain": { "trades": 25, "lateness": "12h", "level": 0.3, "challenger": true, "expire": { "trades": 40 } } },
                { "name": "bars", "trainer": "logistic", "label": { "kind": "direction", "bars": 4 },
                  "apply": { "rule": "veto", "below": 0.5 },
                  "retrain": { "days": 20, "level": 0.3, "expire": { "bars": 600 } } }
              ],
              "portfolio": { "weights": "equal" }
            }
            """;

    /// <summary>
    /// Each strategy's model is trained again, some by trades and some by days; versions expire. Some read the closes of another symbol.
    /// </summary>
    public string Retrained { get; }

    /// <summary>A model of the risk caps the portfolio; another judges entries, is watched, and abstains from unlike ones.</summary>
    public string Capped { get; }

    /// <summary>Every cost and constraint of execution at once, and weeks whose days decide between stop and target.</summary>
    public string Costly { get; }

    /// <summary>Twelve feeds, all outputs.</summary>
    public string Mixed { get; }

    /// <summary>Two feeds of a hundred, results only: weights are known before any events are.</summary>
    public string Sweep { get; }

    /// <summary>Strategies of several symbols beside those of one.</summary>
    public string Joined { get; }

    /// <summary>The quickstart's thousand strategies.</summary>
    public static string Quickstart => Path.Combine(Granary.Testing.SharedData.RepositoryRoot, "samples", "quickstart.json");

    public string Folder => _folder;

    public string Write(string name, string json)
    {
        var path = Path.Combine(_folder, name + ".json");
        File.WriteAllText(path, json);
        return path;
    }

    /// <summary>The feed of a symbol that a batch reads, with a reader of it.</summary>
    /// <param name="batch">Path of the batch file.</param>
    public static (string Key, FeedConsumer Reader) FeedOf(string batch, string symbol)
    {
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        var query = new BarQuery(symbol, spec.Data.Timeframe, spec.ReadFrom, spec.Data.To);
        var bars = BarSet.Of("test", spec.Data, new FolderState(spec.Data.Source.Path!, spec.Data.Source.Files), query);
        return (bars.KeyOf(query).ToString(), new FeedConsumer(Guid.NewGuid(), "test", bars.ToText()));
    }

    /// <summary>The embedded host's run of a batch.</summary>
    public Task<BatchRun> EmbeddedAsync(string batch) => _embedded.GetOrAdd(batch, b => new Lazy<Task<BatchRun>>(() =>
        new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(new BatchReader(TestCatalogues.All).Read(b),
            new BatchOptions { Out = Path.Combine(_folder, "embedded", Path.GetFileNameWithoutExtension(b)) }))).Value;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
