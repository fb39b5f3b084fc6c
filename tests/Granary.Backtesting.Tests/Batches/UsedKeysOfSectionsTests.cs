using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>
/// Each key of a strategy, a search, a walk-forward, the limits, the regimes, the universe and the resampling changes what its kinds of run
/// find, or is refused. A new key of the schema needs an example here.
/// </summary>
public sealed class UsedKeysOfSectionsTests : IDisposable
{
    private const string Stop = """ { "strategies": [{ "stopLossPercent": 1 }] } """;
    private const string Atr = """ { "strategies": [{ "stopLossAtr": 0.5 }] } """;
    private const string Trail = """ { "strategies": [{ "trailingStopPercent": 1 }] } """;
    private const string Limit = """ { "strategies": [{ "entryOrder": "limit", "entryOffsetPercent": 0.5 }] } """;
    private const string Search = """
        { "strategies": [{ "params": null, "search": { "trials": 12, "space": { "fast": [2, 5], "slow": [6, 14] } } }] }
        """;
    private const string Groups = """ { "portfolio": { "limits": { "maxCorrelatedPercent": 70 } } } """;
    private const string Drawdown =
        """ { "execution": { "commissionPercent": 0.5 }, "portfolio": { "limits": { "maxDrawdownPercent": 2 } } } """;
    // Each of the four strategies of a symbol holds 60 % / 12 = 5 % of the equity. Exits fill before entries, so the symbol never holds
    // more than 4 x 5 % = 20 % beside gains: a limit of 15 % is passed when prices move.
    private const string Tight = """ { "portfolio": { "limits": { "maxSymbolPercent": 15 } } } """;
    private const string Regime = """
        { "regimes": { "machines": [{ "name": "trend", "measure": "sma(3)", "against": "sma(12)", "enterPercent": 1 }] },
          "portfolio": { "weights": "regime", "rebalance": { "every": "6w", "window": "12w" } } }
        """;
    private const string Ranked = """ { "universe": { "rank": "return(5)", "top": 1 } } """;

    // By key: a value, and a baseline of the batch in which it matters.
    private static readonly FrozenDictionary<string, (string Value, string Base)> s_examples =
        new Dictionary<string, (string Value, string Base)>
        {
            ["strategies.class"] = ("\"EmaCross\"", ""),
            ["strategies.params"] = ("{ \"fast\": 4, \"slow\": 8 }", ""),
            ["strategies.symbols"] = ("[\"A\"]", ""),
            ["strategies.timeframe"] = ("\"1w\"", ""),
            ["strategies.search"] = ("{ \"trials\": 3, \"space\": { \"fast\": [2, 5] } }", """ { "strategies": [{ "params": null }] } """),
            ["strategies.sides"] = ("\"long\"", ""),
            ["strategies.size"] = ("{ \"cash\": 3000 }", ""),
            ["strategies.stopLossPercent"] = ("1", ""),
            ["strategies.takeProfitPercent"] = ("1", ""),
            ["strategies.trailingStopPercent"] = ("1", ""),
            ["strategies.trailFrom"] = ("\"high\"", Trail),
            ["strategies.exitOnSignal"] = ("false", Stop),
            ["strategies.maxBars"] = ("2", ""),
            ["strategies.exitAt"] = ("\"15:55\"", ""),
            ["strategies.maxOpenTrades"] = ("2",
            """ { "strategies": [{ "class": "RsiReversion", "params": null, "exitOnSignal": false }] } """),
            ["strategies.entryEvery"] = ("\"1mo\"", ""),
            ["strategies.signalValid"] = ("\"1d\"", Limit),
            ["strategies.takeProfit"] = ("[{ \"percent\": 1, \"share\": 0.5 }, { \"percent\": 3 }]", ""),
            ["strategies.takeProfitOverTime"] = ("[{ \"after\": \"2d\", \"percent\": 0.5 }]", ""),
            ["strategies.trailingStartPercent"] = ("2", Trail),
            ["strategies.stopLossAtr"] = ("0.5", ""),
            ["strategies.takeProfitAtr"] = ("0.5", ""),
            ["strategies.trailingStopAtr"] = ("0.5", ""),
            ["strategies.atrBars"] = ("3", Atr),
            ["strategies.entryOrder"] = ("\"close\"", ""),
            ["strategies.entryOffsetPercent"] = ("0.9", Limit),
            ["strategies.entryOffsetAtr"] = ("0.9", """ { "strategies": [{ "entryOrder": "limit" }] } """),
            ["strategies.scaleIn"] = ("[{ \"percent\": 1, \"share\": 0.5 }]", ""),
            ["strategies.search.space"] = ("{ \"fast\": [2, 3], \"slow\": [6, 14] }", Search),
            ["strategies.search.method"] = ("\"sobol\"", Search),
            ["strategies.search.trials"] = ("5", Search),
            ["strategies.search.objective"] = ("\"-maxDrawdown\"", Search),
            ["strategies.search.conditions"] = ("[\"slow > 3 * fast\"]", Search),
            ["strategies.search.minTrades"] = ("20", Search),
            ["walkForward.inSample"] = ("\"14w\"", ""),
            ["walkForward.outOfSample"] = ("\"4w\"", ""),
            ["walkForward.gap"] = ("\"2w\"", ""),
            ["walkForward.mode"] = ("\"anchored\"", ""),
            ["walkForward.objective"] = ("\"-maxDrawdown\"", ""),
            ["walkForward.choose"] = ("\"batch\"", ""),
            ["walkForward.warmUp"] = ("false", ""),
            ["walkForward.minTrades"] = ("9", ""),
            ["portfolio.limits.restrictedSymbols"] = ("[\"A\"]", ""),
            ["portfolio.limits.maxDrawdownPercent"] = ("1", ""),
            ["portfolio.limits.resumeDrawdownPercent"] = ("0.05", Drawdown),
            ["portfolio.limits.maxPositions"] = ("1", ""),
            ["portfolio.limits.reserved"] = ("{ \"A\": [\"Other*\"] }", ""),
            ["portfolio.limits.exclusiveSymbols"] = ("true", ""),
            ["portfolio.limits.maxLeverage"] = ("0.3", ""),
            ["portfolio.limits.groups"] = ("{ \"g\": { \"symbols\": [\"A\", \"B\"], \"maxPercent\": 20 } }", ""),
            ["portfolio.limits.maxCorrelatedPercent"] = ("20", ""),
            ["portfolio.limits.correlation"] = ("0.01", Groups),
            ["portfolio.limits.maxSymbolPercent"] = ("20", ""),
            ["portfolio.limits.maxStrategyPercent"] = ("10", ""),
            ["portfolio.limits.maxGrossPercent"] = ("30", ""),
            ["portfolio.limits.maxNetPercent"] = ("20", ""),
            ["portfolio.limits.riskPercent"] = ("0.05", Stop),
            ["portfolio.limits.days"] = ("20", Groups[..^6] + """, "correlation": 0.3 } } } """),
            ["portfolio.limits.enforce"] = ("\"every-bar\"", Tight),
            ["regimes.machines"] = ("[{ \"name\": \"trend\", \"measure\": \"rsi(5)\", \"enterPercent\": 1 }]", Regime),
            ["regimes.rules"] = ("[{ \"when\": { \"trend\": \"bullish\" }, \"state\": \"up\" }]", Regime),
            ["regimes.otherwise"] = ("\"bullish\"",
            Regime.Replace("}] },", "}], \"rules\": [{ \"when\": { \"trend\": \"bullish\" }, \"state\": \"bullish\" }] },")),
            ["regimes.machines.name"] = ("\"other\"",
            Regime.Replace("}] },", "}], \"rules\": [{ \"when\": { \"trend\": \"bullish\" }, \"state\": \"up\" }] },")),
            ["regimes.machines.measure"] = ("\"sma(6)\"", Regime),
            ["regimes.machines.against"] = ("\"sma(30)\"", Regime),
            ["regimes.machines.enterPercent"] = ("4", Regime),
            ["regimes.machines.leavePercent"] = ("0.9", Regime),
            ["regimes.machines.states"] = ("[\"low\", \"high\"]", Regime),
            ["regimes.machines.steps"] = ("[{ \"up\": 101, \"down\": 99 }]", Regime),
            ["regimes.machines.dwell"] = ("15", Regime),
            ["regimes.machines.hiddenMarkov"] = ("{ \"window\": 60, \"refit\": 20 }",
            Regime.Replace("\"sma(3)\", \"against\": \"sma(12)\"", "\"close\"")),
            ["universe.members"] = ("\"nothing.csv\"", Ranked),
            ["universe.rank"] = ("\"-return(5)\"", Ranked),
            ["universe.top"] = ("2", Ranked),
            ["universe.every"] = ("\"1w\"", Ranked),
            ["universe.where"] = ("[\"close > 105\"]", Ranked),
            ["universe.onLeave"] = ("\"hold\"", Ranked),
            ["resampling.paths"] = ("50", ""),
            ["resampling.seed"] = ("9", ""),
            ["resampling.goalPercent"] = ("3", ""),
            ["resampling.ruinPercent"] = ("1", ""),
            ["resampling.skipPercent"] = ("40", ""),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    // Keys that need no example, with the reason.
    private static readonly FrozenDictionary<string, string> s_elsewhere = new Dictionary<string, string>
    {
        ["strategies.tag"] = "a name",
        ["portfolio.limits.maxCurrencyPercent"] = "other currencies: CurrencyAccountTests",
        ["portfolio.limits.resumeAfterDays"] = "changes nothing of this batch: PortfolioRulesTests, WalkForwardLimitTests",
        ["portfolio.limits.dailyLossPercent"] = "daily bars leave no rest of a day: PortfolioRulesTests",
        ["portfolio.limits.maxTurnoverPercent"] = "daily bars leave no rest of a day: PortfolioRulesTests",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Rules that the groups of this short walk-forward do not reach: for example, none shares its symbol with another. The backtest shows
    // them at work, in the same objects.
    private static readonly string[] s_notReached = ["portfolio.limits.exclusiveSymbols", "portfolio.limits.enforce",
        "portfolio.limits.resumeDrawdownPercent", "strategies.maxOpenTrades"];

    private readonly KeyRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Each_key_of_these_sections_has_an_example() =>
        KeyRuns.KeysOf("strategies", "strategies.search", "walkForward", "portfolio.limits", "regimes", "regimes.machines", "universe",
            "resampling").ShouldBe([.. s_examples.Keys, .. s_elsewhere.Keys], ignoreOrder: true);

    [Theory]
    [InlineData("Backtest")]
    [InlineData("WalkForward")]
    [InlineData("Optimise")]
    public async Task Each_key_changes_what_the_run_finds_or_is_refused(string name)
    {
        var (kind, ignored) = (Enum.Parse<RunKind>(name), new List<string>());
        foreach (var (key, (value, ground)) in s_examples)
        {
            if (!Concerns(kind, key) || (kind == RunKind.WalkForward && s_notReached.Contains(key))) continue;
            if (await _runs.FaultOfAsync(kind, key, value, ground, Found) is { } fault) ignored.Add(fault);
        }
        ignored.ShouldBeEmpty();
    }

    // Also what a search holds for best, whose trials have the same weight here.
    private static string Found(JsonObject results) => KeyRuns.Trades(results) + results["resampling"]?.ToJsonString()
        + string.Concat(results["search"]?["searches"]!.AsArray().Select(s => s!["best"]!.ToJsonString()) ?? []);

    // A batch file serves several kinds of run: the sections of the others are not read.
    private static bool Concerns(RunKind kind, string key) => key.Split('.') switch
    {
        ["strategies", "search", _] => kind != RunKind.Backtest,
        ["walkForward", ..] => kind == RunKind.WalkForward,
        _ => kind != RunKind.Optimise,
    };
}
