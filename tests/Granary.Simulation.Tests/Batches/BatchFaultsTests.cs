using System.Text;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>A batch file with several faults is refused once, with all of them.</summary>
public class BatchFaultsTests
{
    private static IReadOnlyList<string> Faults(string text) =>
        Should.Throw<InputException>(() =>
            new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(text), "/tmp")).Faults;

    [Fact]
    public void All_faults_of_a_file_come_at_once_in_the_order_of_its_lines()
    {
        var faults = Faults("""
            { "name": "x",
              "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1x", "from": "yesterday" },
              "acount": { "cash": 1000 },
              "execution": { "commissionPercent": "none", "fill": "next-close" },
              "strategies": [
                { "class": "SmaCros" },
                { "class": "SmaCross",
                  "params": { "fats": 3,
                              "slow": -1 },
                  "sides": "up",
                  "size": { "percentOfEquity": 0 } },
                { "stopLossPercent": 200 }
              ],
              "portfolio": { "weights": "winer", "limits": { "maxPositions": 1.5 } },
              "walkForward": { "objective": "sharp" },
              "seed": -1 }
            """);
        string[] expected =
        [
            "line 2, data.timeframe: '1x' is not a timeframe", "line 3, acount: there is no key 'acount'; did you mean 'account'?",
            "line 4, execution.commissionPercent: a number is needed, not a text",
            "line 4, execution.fill: 'next-close' is not understood; use one of next-open, same-close",
            "line 6, strategies[0].class: there is no strategy class 'SmaCros'; did you mean 'SmaCross'?",
            "line 8, strategies[1].params.fats: SmaCross has no parameter 'fats'; did you mean 'fast'?",
            "line 9, strategies[1].params.slow: ", "line 10, strategies[1].sides: 'up' is not understood",
            "line 11, strategies[1].size.percentOfEquity: 0 is out of range: more than 0, at most 10000",
            "line 12, strategies[2]: 'class' is missing", "line 12, strategies[2].stopLossPercent: 200 is out of range",
            "line 14, portfolio.limits.maxPositions: a whole number is needed, not 1.5",
            "line 14, portfolio.weights: there is no rule 'winer'; did you mean 'winners'?",
            "line 15, walkForward.objective: there is no statistic 'sharp'; did you mean 'sharpe'?", "line 16, seed: -1 is out of range",
        ];
        foreach (var sentence in expected)
            faults.ShouldContain(f => f.Contains(sentence, StringComparison.Ordinal), $"{sentence}\nin\n{string.Join('\n', faults)}");
        faults.ShouldAllBe(f => f.StartsWith("batch.json, line ", StringComparison.Ordinal));
        var lines = faults.Select(f => int.Parse(f.Split(',')[1]["line ".Length..], System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        lines.ShouldBe(lines.Order());
    }

    [Fact]
    public void A_fault_of_one_value_hides_no_fault_of_another_value_of_its_section()
    {
        var faults = Faults("""
            { "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d", "format": "yaho",
                        "from": "2020-01-02", "to": "2020-01-01" },
              "execution": { "commissionTiers": [ { "from": 0, "percent": 1 } ], "leverage": -1, "atEnd": "sell" },
              "walkForward": { "objective": "sharp", "inSample": "x", "mode": "roll" },
              "learning": { "features": ["sma(20", "nothing(3)"] },
              "strategies": [ { "class": "SmaCross" } ],
              "seed": 1.5 }
            """);
        string[] expected =
        [
            "data.format: 'yaho' is not a file format; did you mean yahoo?", "data.to: '2020-01-01' is not after data.from, '2020-01-02'",
            "commissionTiers[0].from: each tier starts above the one before it", "execution.leverage: -1 is out of range",
            "execution.atEnd: 'sell' is not understood", "walkForward.objective: there is no statistic 'sharp'",
            "walkForward.inSample: 'x' is not a span of time", "walkForward.mode: 'roll' is not understood",
            "learning.features[0]: the feature 'sma(20'", "learning.features[1]: ", "seed: a whole number is needed, not 1.5",
        ];
        foreach (var sentence in expected)
            faults.ShouldContain(f => f.Contains(sentence, StringComparison.Ordinal), $"{sentence}\nin\n{string.Join('\n', faults)}");
        faults.Count.ShouldBe(expected.Length);
    }

    [Fact]
    public void What_follows_from_a_fault_is_not_a_fault_of_its_own()
    {
        Faults("""
            { "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" }, "strategies": [ { "clas": "SmaCross" } ], "name": "x" }
            """).ShouldHaveSingleItem().ShouldContain("there is no key 'clas'; did you mean 'class'?");
        Faults("""{ "name": "x", "strategies": [ { "class": "SmaCross" } ] }""").ShouldHaveSingleItem().ShouldContain("'data' is missing");
        Faults("""
            { "name": "x", "data": { "source": "csv:bars", "symbols": "A", "timeframe": "1d", "from": "2020-01-01", "to": "soon" },
              "strategies": [ { "class": "SmaCross" } ] }
            """).ShouldHaveSingleItem().ShouldContain("'soon' is not a date");
    }

    [Fact]
    public void Faults_of_the_learning_section_come_with_those_of_the_rest_of_the_file()
    {
        var faults = Faults("""
            { "name": "x",
              "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1x" },
              "strategies": [ { "class": "SmaCross", "size": { "cash": 1, "units": 1 }, "exitAt": "noon" } ],
              "learning": [
                { "trainer": "gradient-bosting",
                  "features": ["sma(20", "rsi(14)"],
                  "label": { "kind": "direction",
                             "target": 2 },
                  "apply": { "rule": "gate", "multiple": 2 },
                  "select": -1 },
                { "trainer": "logistic",
                  "params": { "trees": 5 },
                  "label": "volatility",
                  "apply": "gate", "name": "a/b" },
                { "name": "third", "apply": { "rule": "gat", "below": 0.4 },
                  "label": "directions" } ],
              "outputs": ["result"] }
            """);
        string[] expected =
        [
            "line 2, data.timeframe: '1x' is not a timeframe", "line 3, strategies[0].size: one rule is needed",
            "line 3, strategies[0].exitAt: 'noon' is not a time of day",
            "line 5, learning[0].trainer: there is no trainer 'gradient-bosting'; did you mean 'gradient-boosting'?",
            "line 6, learning[0].features[0]: the feature 'sma(20'",
            "line 8, learning[0].label.target: only a triple-barrier has a target",
            "line 9, learning[0].apply.multiple: the rule 'gate' has no 'multiple'",
            "line 10, learning[0].select: -1 is out of range", "line 12, learning[1].params: logistic has no parameter 'trees'",
            "line 14, learning[1].name: a model's name becomes a folder",
            "line 14, learning[1].apply: the rule 'gate' cannot use a model of the label volatility",
            "line 15, learning[2].apply.rule: 'gat' is not understood; did you mean 'gate'?",
            "line 16, learning[2].label: 'directions' is not understood; did you mean 'direction'?",
            "line 17, outputs[0]: there is no output 'result'; did you mean 'results'?",
        ];
        foreach (var sentence in expected)
            faults.ShouldContain(f => f.Contains(sentence, StringComparison.Ordinal), $"{sentence}\nin\n{string.Join('\n', faults)}");
        faults.Count.ShouldBe(expected.Length, string.Join('\n', faults));
    }

    [Fact]
    public void A_watch_names_its_detector_and_what_an_alert_does()
    {
        var faults = Faults("""
            { "name": "x", "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" },
              "strategies": [ { "class": "SmaCross" } ],
              "learning": [
                { "name": "a", "watch": "adwim" },
                { "name": "b", "watch": { "detector": "ddm", "params": { "delta": 1 } } },
                { "name": "c", "label": "volatility", "apply": "stop", "watch": "adwin" },
                { "name": "d", "watch": { "weight": 2 } },
                { "name": "e", "watch": { "detector": "adwin", "cut": 0.5 } },
                { "name": "f", "abstain": "yes" } ] }
            """);
        string[] expected =
        [
            "line 4, learning[0].watch: there is no detector 'adwim'; did you mean 'adwin'?",
            "line 5, learning[1].watch.params: ddm has no parameter 'delta'",
            "line 6, learning[2].watch: a trade does not show whether a volatility was predicted right",
            "line 7, learning[3].watch.weight: 2 is out of range",
            "line 8, learning[4].watch.cut: there is no key 'cut'",
            "line 9, learning[5].abstain",
        ];
        foreach (var sentence in expected)
            faults.ShouldContain(f => f.Contains(sentence, StringComparison.Ordinal), $"{sentence}\nin\n{string.Join('\n', faults)}");
        faults.Count.ShouldBe(expected.Length, string.Join('\n', faults));
    }

    [Fact]
    public void A_trainer_of_a_library_that_is_not_loaded_is_no_fault_of_the_file() =>
        new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes("""
            { "name": "x", "data": { "source": "csv:bars", "symbols": "A", "timeframe": "1d" }, "strategies": [ { "class": "SmaCross" } ],
              "learning": { "trainer": "mlnet-fast-tree" } }
            """), "/tmp").Learning.ShouldNotBeNull();

    [Fact]
    public void All_faults_of_a_production_configuration_come_at_once()
    {
        const string Text = """
            { "version": 1, "name": "x", "digest": "d",
              "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" },
              "execution": { "fill": "never" },
              "portfolio": { "limits": { "maxGross": 3 } },
              "strategies": [
                { "id": "a", "class": "SmaCros", "symbol": "A", "weight": 1 },
                { "id": "b", "class": "SmaCross", "symbol": "A", "weight": -1,
                  "stopLossPercent": 200 },
                { "id": "b", "class": "SmaCross", "symbol": "A", "weight": 1, "model": "gate:3" },
                { "id": "c", "class": "SmaCross", "symbol": "A", "weight": 1, "weightByState": { "up": 1 } } ],
              "evidence": { "causality": { "state": "fine", "sentence": "" } } }
            """;
        string[] expected =
        [
            "line 3, execution.fill: 'never' is not understood", "line 4, portfolio.limits.maxGross: there is no key",
            "line 6, strategies[0].class: there is no strategy class 'SmaCros'",
            "line 7, strategies[1].weight: -1 is out of range", "line 8, strategies[1].stopLossPercent: 200 is out of range",
            "line 9, strategies[2].id: this id is there twice",
            "line 9, strategies[2].model: the section 'models' does not have 'gate:3'",
            "line 10, strategies[3].weightByState: weights by state need the section 'regimes'",
            "line 11, evidence.causality.state: 'fine' is not understood",
        ];
        var faults = Should.Throw<InputException>(() =>
            new ProductionReader(TestCatalogues.All).Read("prod.json", Encoding.UTF8.GetBytes(Text), "/tmp")).Faults;
        foreach (var sentence in expected)
            faults.ShouldContain(f => f.Contains(sentence, StringComparison.Ordinal), $"{sentence}\nin\n{string.Join('\n', faults)}");
        faults.Count.ShouldBe(expected.Length, string.Join('\n', faults));
        Faults(Text).ShouldBe(faults.Select(f => f.Replace("prod.json", "batch.json", StringComparison.Ordinal)),
            "as a batch it has the same faults");
        Should.Throw<InputException>(() =>
            new ProductionReader(TestCatalogues.All).Read("prod.json", Encoding.UTF8.GetBytes(Text), "/tmp", bindStrategies: false)).Faults
            .ShouldNotContain(f => f.Contains("SmaCros'", StringComparison.Ordinal), "a client does not know the server's plug-ins");
    }
}
