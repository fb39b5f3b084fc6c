using System.Collections.Frozen;

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
        ["account.currency"] = "other currencies: CurrencyAccountTests",
        ["account.conversion"] = "other currencies: CurrencyAccountTests",
        ["account.fxSpreadPercent"] = "other currencies: CurrencyAccountTests",
        ["account.interest"] = "by currency: BorrowingAccountTests",
        ["execution.costs"] = "a file: MeasuredCostKeysTests",
        ["execution.at"] = "a file: MeasuredCostKeysTests",
        ["execution.costsHash"] = "checks a file: MeasuredCostKeysTests",
        ["execution.marginTiers"] = "a file: MarginTableTests",
        ["execution.intrabarPath"] = "smaller bars: IntrabarPathTests",
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

    private readonly KeyRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Each_key_of_these_sections_has_an_example() =>
        KeyRuns.KeysOf(s_sections).ShouldBe([.. s_examples.Keys, .. s_elsewhere.Keys], ignoreOrder: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_key_changes_the_results_or_is_refused(bool isWalkForward)
    {
        var ignored = new List<string>();
        foreach (var (key, (value, ground)) in s_examples)
        {
            if (isWalkForward && s_ofManyTrades.Contains(key)) continue;
            if (await _runs.FaultOfAsync(isWalkForward ? RunKind.WalkForward : RunKind.Backtest, key, value, ground, KeyRuns.Trades)
                is { } fault) ignored.Add(fault);
        }
        ignored.ShouldBeEmpty();
    }
}
