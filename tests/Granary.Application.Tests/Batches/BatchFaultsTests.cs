using System.Text;
using Granary.Application.Batches;
using Granary.Application.Json;

namespace Granary.Application.Tests.Batches;

/// <summary>A batch file with several faults is refused once, with all of them.</summary>
public class BatchFaultsTests
{
    private static IReadOnlyList<string> Faults(string text) =>
        Should.Throw<InputException>(() => BatchReader.Read("batch.json", Encoding.UTF8.GetBytes(text), "/tmp")).Faults;

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
              "portfolio": { "weights": "equal", "limits": { "maxPositions": 1.5 } },
              "walkForward": { "objective": "sharp" },
              "seed": -1 }
            """);
        string[] expected =
        [
            "line 2, data.timeframe: '1x' is no timeframe", "line 3, acount: there is no key 'acount'; did you mean 'account'?",
            "line 4, execution.commissionPercent: a number is needed, not a text", "line 4, execution.fill: 'next-close' is not understood; use one of next-open, same-close",
            "line 6, strategies[0].class: there is no strategy class 'SmaCros'; did you mean 'SmaCross'?", "line 8, strategies[1].params.fats: SmaCross has no parameter 'fats'; did you mean 'fast'?",
            "line 9, strategies[1].params.slow: ", "line 10, strategies[1].sides: 'up' is not understood", "line 11, strategies[1].size.percentOfEquity: 0 is out of range",
            "line 12, strategies[2]: 'class' is missing", "line 12, strategies[2].stopLossPercent: 200 is out of range", "line 14, portfolio.limits.maxPositions: a whole number is needed, not 1.5",
            "line 15, walkForward.objective: there is no statistic 'sharp'; did you mean 'sharpe'?", "line 16, seed: -1 is out of range",
        ];
        foreach (var sentence in expected) faults.ShouldContain(f => f.Contains(sentence, StringComparison.Ordinal), $"{sentence}\nin\n{string.Join('\n', faults)}");
        faults.ShouldAllBe(f => f.StartsWith("batch.json, line ", StringComparison.Ordinal));
        var lines = faults.Select(f => int.Parse(f.Split(',')[1]["line ".Length..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        lines.ShouldBe(lines.Order());
    }

    [Fact]
    public void What_follows_from_a_fault_is_not_a_fault_of_its_own()
    {
        Faults("""
            { "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" }, "strategies": [ { "clas": "SmaCross" } ], "name": "x" }
            """).ShouldHaveSingleItem().ShouldContain("there is no key 'clas'; did you mean 'class'?");
        Faults("""{ "name": "x", "strategies": [ { "class": "SmaCross" } ] }""").ShouldHaveSingleItem().ShouldContain("'data' is missing");
        Faults("""
            { "name": "x", "data": { "source": "csv:bars", "symbols": "A", "timeframe": "1d", "from": "2020-01-01", "to": "soon" }, "strategies": [ { "class": "SmaCross" } ] }
            """).ShouldHaveSingleItem().ShouldContain("'soon' is no date");
    }
}
