using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>
/// Each key of <c>learning</c> changes what its kinds of run find, or is refused: of backtests, walk-forwards, comparisons of trainers and
/// searches of models. A new key of the schema needs an example here.
/// </summary>
public sealed class UsedKeysOfLearningTests : IDisposable
{
    private const string Gate = """
        { "trainer": "logistic", "features": ["return(1)", "return(5)", "rsi(5)"], "walkForward": { "train": 120, "test": 40 },
          "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 } }
        """;
    private const string OfTrades = """
        { "trainer": "logistic", "features": ["return(1)", "return(5)", "rsi(5)"], "label": "trade",
          "walkForward": { "window": "rolling", "train": 30, "test": 10 }, "apply": { "rule": "veto", "below": 0.5 } }
        """;
    private const string Risk = """
        { "trainer": "ridge", "features": ["volatility(10)"], "label": "drawdown", "walkForward": { "train": 60, "test": 20 },
          "apply": { "rule": "limit", "lossPercent": 1 } }
        """;

    private static string Of(string learning) => $$"""{ "learning": {{learning}} }""";

    private static string With(string learning, string more) => Of(learning.TrimEnd()[..^1] + ", " + more + " }");

    private static string Applied(string rule, string label = "direction", string trainer = "logistic") =>
        With($$"""
            { "trainer": "{{trainer}}", "features": ["return(1)", "rsi(5)"], "walkForward": { "train": 120, "test": 40 } }
            """, $$""" "label": "{{label}}", "apply": {{rule}} """);

    private static readonly string s_gate = Of(Gate);
    // On bars whose rule flips, so that predictions become wrong.
    private static readonly string s_flip = """
        { "strategies": [{ "params": { "fast": 1, "slow": [2, 3] } }], "learning": { "trainer": "logistic", "features": ["return(1)"],
          "label": { "kind": "direction", "bars": 1 }, "walkForward": { "window": "rolling", "train": 100, "test": 100 },
          "apply": { "rule": "veto", "below": 0.3 } } }
        """;
    private static readonly string s_watch =
        s_flip.Replace(" } } }", " }, \"watch\": { \"detector\": \"ddm\", \"review\": 20 } } }", StringComparison.Ordinal);
    private static readonly string s_retrain = With(OfTrades, """ "retrain": { "trades": 6, "level": 0.5 } """);
    private static readonly string s_expire = With(OfTrades, """ "retrain": { "trades": 6, "expire": { "days": 300 } } """);
    private static readonly string s_compared = With(Gate, """ "experiment": { "trainers": ["logistic"] } """);
    private static readonly string s_searched =
        With(Gate, """ "experiment": { "search": { "trainers": ["logistic", "naive-bayes"], "windows": 2 } } """);

    // By key: a value, and a baseline of the batch in which it matters.
    private static readonly FrozenDictionary<string, (string Value, string Base)> s_examples =
        new Dictionary<string, (string Value, string Base)>
        {
            ["learning.strategies"] = ("[\"*fast=2*\"]", s_gate),
            ["learning.trainer"] = ("\"naive-bayes\"", s_gate),
            ["learning.params"] = ("{ \"c\": 0.0001 }", s_gate),
            ["learning.features"] = ("[\"volatility(5)\"]", s_gate),
            ["learning.select"] = ("1", s_gate),
            ["learning.label"] = ("{ \"kind\": \"direction\", \"bars\": 2 }", s_gate),
            ["learning.weights"] = ("\"balanced\"", s_gate),
            ["learning.walkForward"] = ("{ \"train\": 80, \"test\": 30 }", s_gate),
            ["learning.apply"] = ("\"veto\"", s_gate),
            ["learning.watch"] = ("\"ddm\"", s_flip),
            ["learning.retrain"] = ("{ \"trades\": 5 }", Of(OfTrades)),
            ["learning.experiment"] = ("{ \"trainers\": [\"naive-bayes\"] }", s_gate),
            ["learning.label.kind"] = ("\"triple-barrier\"", With(Gate, """ "label": { "kind": "direction", "bars": 5 } """)),
            ["learning.label.bars"] = ("9", With(Gate, """ "label": { "kind": "direction", "bars": 5 } """)),
            ["learning.label.target"] = ("0.3", With(Gate, """ "label": { "kind": "triple-barrier", "bars": 9 } """)),
            ["learning.label.stop"] = ("0.3", With(Gate, """ "label": { "kind": "triple-barrier", "bars": 9 } """)),
            ["learning.walkForward.window"] = ("\"rolling\"", s_gate),
            ["learning.walkForward.train"] = ("90", s_gate),
            ["learning.walkForward.test"] = ("25", s_gate),
            ["learning.walkForward.gap"] = ("20", s_gate),
            ["learning.apply.rule"] = ("\"veto\"", Applied("""{ "rule": "gate" }""")),
            ["learning.apply.buyAbove"] = ("0.8", Applied("""{ "rule": "gate" }""")),
            ["learning.apply.sellBelow"] = ("0.1", Applied("""{ "rule": "gate" }""")),
            ["learning.apply.below"] = ("0.7", Applied("""{ "rule": "veto" }""")),
            ["learning.apply.from"] = ("0.3", Applied("""{ "rule": "size" }""")),
            ["learning.apply.full"] = ("0.9", Applied("""{ "rule": "size" }""")),
            ["learning.apply.multiple"] = ("0.3", Applied("""{ "rule": "stop" }""", "volatility", "ridge")),
            ["learning.apply.bars"] = ("20", Applied("""{ "rule": "stop" }""", "volatility", "ridge")),
            ["learning.apply.costPercent"] = ("3", Applied("""{ "rule": "minimum-return" }""", "return", "ridge")),
            ["learning.apply.minimumPercent"] = ("3", Applied("""{ "rule": "minimum-return" }""", "return", "ridge")),
            ["learning.apply.lossPercent"] = ("0.1", Of(Risk)),
            ["learning.apply.mostPercent"] = ("1", Of(Risk)),
            ["learning.watch.detector"] = ("\"page-hinkley\"", s_watch),
            ["learning.watch.params"] = ("{ \"warmStart\": 500 }", s_watch),
            ["learning.watch.weight"] = ("0.1", s_watch),
            ["learning.watch.review"] = ("5", s_watch),
            ["learning.retrain.trades"] = ("9", s_retrain),
            ["learning.retrain.days"] = ("40", With(OfTrades, """ "retrain": { "days": 70 } """)),
            ["learning.retrain.lateness"] = ("\"60d\"", s_retrain),
            ["learning.retrain.expire"] = ("{ \"days\": 5 }", s_retrain),
            ["learning.retrain.expire.bars"] = ("4", s_expire),
            ["learning.retrain.expire.trades"] = ("2", s_expire),
            ["learning.retrain.expire.days"] = ("5", s_expire),
            ["learning.experiment.trainers"] = ("[\"naive-bayes\"]", s_compared),
            ["learning.experiment.labels"] = ("[\"triple-barrier\"]", s_compared),
            ["learning.experiment.fitness"] = ("\"log-loss\"", s_compared),
            ["learning.experiment.top"] = ("0.4", With(Gate, """ "experiment": { "trainers": ["logistic"], "fitness": "precision" } """)),
            ["learning.experiment.search"] = ("{ \"trainers\": [\"naive-bayes\"] }", s_compared),
            ["learning.experiment.search.trainers"] = ("[\"naive-bayes\"]", s_searched),
            ["learning.experiment.search.features"] = ("[[\"volatility(5)\"]]", s_searched),
            ["learning.experiment.search.select"] = ("[1]", s_searched),
            ["learning.experiment.search.apply"] = ("[\"veto\"]", s_searched),
            ["learning.experiment.search.budget"] = ("1", s_searched),
            ["learning.experiment.search.windows"] = ("3", s_searched),
            ["learning.experiment.search.level"] = ("0.4", s_searched),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    // Keys that need no example, with the reason.
    private static readonly FrozenDictionary<string, string> s_elsewhere = new Dictionary<string, string>
    {
        ["learning.name"] = "a name",
        ["learning.abstain"] = "changes nothing of this batch: RetrainedBatchTests",
        ["learning.apply.of"] = "one symbol here is the whole portfolio: LimitRuleTests",
        ["learning.retrain.level"] = "changes nothing of this batch: RetrainedBatchTests",
        ["learning.retrain.challenger"] = "it predicts and does not act: RetrainedBatchTests",
        ["learning.watch.rollback"] = "only where an earlier version is nearer: WatchedWalkForwardTests",
        ["learning.registry"] = "the place of versions: ModelRegistryTests",
        ["learning.promote"] = "the version in use, not the results: RegistryUseTests",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly KeyRuns _runs = new(flips: true);

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Each_key_of_learning_has_an_example() =>
        KeyRuns.KeysOf("learning", "learning.label", "learning.walkForward", "learning.apply", "learning.watch", "learning.retrain",
            "learning.retrain.expire", "learning.experiment", "learning.experiment.search")
            .ShouldBe([.. s_examples.Keys, .. s_elsewhere.Keys], ignoreOrder: true);

    [Theory]
    [InlineData("Backtest")]
    [InlineData("WalkForward")]
    [InlineData("Experiment")]
    public async Task Each_key_changes_what_the_run_finds_or_is_refused(string name)
    {
        var (kind, ignored) = (Enum.Parse<RunKind>(name), new List<string>());
        foreach (var (key, (value, ground)) in s_examples)
            if (key.StartsWith("learning.experiment", StringComparison.Ordinal) == (kind == RunKind.Experiment)
                && await _runs.FaultOfAsync(kind, key, value, ground, Found) is { } fault) ignored.Add(fault);
        ignored.ShouldBeEmpty();
    }

    // What the models predicted, and what became of it; without names, versions and what was reused.
    private static string Found(JsonObject results) => results["found"]?.ToJsonString() ?? KeyRuns.Trades(results)
        + string.Concat(results["learning"]!["units"]!.AsArray().Select(u => u!["inSample"]!.ToJsonString()
            + u["outOfSample"]!.ToJsonString() + u["strategies"]!.ToJsonString())) + results["learning"]!["risk"]?.ToJsonString();
}
