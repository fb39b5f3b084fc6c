using System.Text;
using Granary.Engine;
using Granary.Learning.Search;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Simulation.Tests.Searching;

/// <summary>What the <c>search</c> of a strategy may say, and what it may not.</summary>
public sealed class ParameterSearchReaderTests
{
    private static readonly GranaryCatalogues s_known = GranaryCataloguesBuilder.CreateDefault().Build();

    private static BatchSpec Read(string strategy, string more = "") => new BatchReader(s_known).Read("b.json", Encoding.UTF8.GetBytes($$"""
        { "name": "b", "data": { "source": "csv:bars", "symbols": ["A", "B"], "timeframe": "1h" },
          "strategies": [ {{strategy}} ]{{more}} }
        """), ".");

    private static BatchPlan Plan(string strategy) => BatchPlan.MakeSearched(Read(strategy), ["A", "B"]);

    private static string Sma(string search, string more = "") => $$"""{ "class": "SmaCross", {{more}} "search": { {{search}} } }""";

    [Theory]
    [InlineData(""" "trials": 0, "space": { "fast": [5, 50] } """, ".trials: 0 is out of range: 1 … 100000")]
    [InlineData(""" "space": {} """, ".space: the space is empty: name the parameters to vary with their values, such as "
        + "{ \"fast\": [5, 50] }")]
    [InlineData(""" "trials": 5 """, ": 'space' is missing")]
    [InlineData(""" "space": { "fast": [5, 50] }, "objective": "sharp" """,
        ".objective: there is no statistic 'sharp'; did you mean 'sharpe'?")]
    [InlineData(""" "space": { "fast": [5, 50] }, "objective": ["sharpe", "maxDrawDown"] """,
        ".objective[1]: there is no statistic 'maxDrawDown'; did you mean 'maxDrawdown'?")]
    [InlineData(""" "space": { "fast": [5, 50] }, "objective": ["sharpe", "sharpe"] """,
        ".objective: an objective is there twice; name each once")]
    [InlineData(""" "space": { "fast": [5, 50] }, "method": "tpa" """, ".method: 'tpa' is not understood; did you mean "
        + "'tpe'?")]
    [InlineData(""" "space": { "fats": [5, 50] } """, ".space.fats: SmaCross has no parameter 'fats'; did you mean 'fast'?")]
    [InlineData(""" "space": { "fast": [50, 5] } """, ".space.fast: the range from 50 to 5 is empty; give the lower end "
        + "first, or a single value outside of the space")]
    [InlineData(""" "space": { "fast": [0, 50] } """, ".space.fast: 'fast' is 1 … ")]
    [InlineData(""" "space": { "fast": [5.5, 50] } """, ".space.fast: 'fast' takes whole numbers; give whole ends and a "
        + "whole step")]
    [InlineData(""" "space": { "fast": [5, 10, 20] } """, ".space.fast: two numbers are a range; write single values as "
        + "{ \"values\": [5, 10, 20] }")]
    [InlineData(""" "space": { "fast": 5 } """, ".space.fast: a range as [lowest, highest], or a list of values, is needed")]
    [InlineData(""" "space": { "fast": { "values": [5] } } """, ".space.fast: a choice needs two values or more; give a "
        + "single one outside of the space")]
    [InlineData(""" "space": { "fast": { "values": [5, "x"] } } """, ".space.fast.values[1]: fast = x: a whole number is "
        + "needed")]
    [InlineData(""" "space": { "fast": { "from": 5, "to": 50, "lag": true } } """, ".space.fast.lag: there is no key 'lag'; "
        + "did you mean 'log'?")]
    [InlineData(""" "space": { "stopLossPercent": { "from": 0, "to": 5, "log": true } } """, ".space.stopLossPercent: a "
        + "logarithmic range begins above 0; raise 'from', or leave 'log' out")]
    [InlineData(""" "space": { "stopLossPercent": [1, 200] } """, ".space.stopLossPercent: 'stopLossPercent' is 0 … 99.99; "
        + "let the range lie within that")]
    [InlineData(""" "space": { "sides": ["long", "shrt"] } """, ".space.sides[1]: 'shrt' is not understood; did you mean "
        + "'short'?")]
    [InlineData(""" "space": { "sides": [1, 2] } """, ".space.sides[0]: a text in quotes is needed, not a number")]
    [InlineData(""" "space": { "fast": [5, 9], "slow": [20, 30] }, "conditions": ["fast > slow"] """, ".conditions: none of "
        + "the 55 combinations of the space satisfies")]
    [InlineData(""" "space": { "fast": [5, 9] }, "conditions": ["slwo > fast"] """, ".conditions[0]: the space has no 'slwo'; "
        + "did you mean 'slow'?")]
    [InlineData(""" "space": { "fast": [5, 9] }, "conditions": ["fast = 5"] """, ".conditions[0]: 'fast = 5': it compares "
        + "nothing; write it as \"slow > fast\"")]
    [InlineData(""" "space": { "fast": [5, 9] }, "conditions": ["2 < fast < 7"] """, ".conditions[0]: '2 < fast < 7': it has two "
        + "comparisons; write each as a condition of its own")]
    public void A_wrong_search_is_refused_with_its_place_and_a_remedy(string search, string sentence)
    {
        var fault = Should.Throw<InputException>(() => Read(Sma(search)));
        fault.Faults.ShouldContain(f => f.StartsWith($"b.json, line 2, strategies[0].search{sentence}", StringComparison.Ordinal),
            fault.Message);
    }

    [Theory]
    [InlineData(""" "params": { "fast": [5, 6] }, """, """ "space": { "slow": [20, 50] } """,
        "strategies[0].params.fast: a strategy with a "
        + "search has no grid; give one value, or move 'fast' into its space as { \"values\": [ … ] }")]
    [InlineData(""" "params": { "fast": 5 }, """, """ "space": { "fast": [5, 50] } """,
        "strategies[0].search.space.fast: 'fast' is fixed in "
        + "params too; leave one of them out")]
    [InlineData(""" "stopLossPercent": 5, """, """ "space": { "stopLossPercent": [1, 4] } """,
        "strategies[0].search.space.stopLossPercent: "
        + "'stopLossPercent' is fixed in the strategy too; leave one of them out")]
    [InlineData(""" "symbols": "A", """, """ "space": { "symbol": ["A", "B"] } """,
        "strategies[0].search.space.symbol: the strategy names its "
        + "'symbols' too; leave one of them out")]
    public void What_is_fixed_is_not_searched(string more, string search, string sentence)
    {
        var fault = Should.Throw<InputException>(() => Read(Sma(search, more)));
        fault.Faults.ShouldContain(f => f.StartsWith($"b.json, line 2, {sentence}", StringComparison.Ordinal), fault.Message);
    }

    [Fact]
    public void Symbols_and_timeframes_of_a_space_are_those_of_the_data()
    {
        Should.Throw<InputException>(() => Plan(Sma(""" "space": { "symbol": ["A", "C"] } """))).Message
            .ShouldBe("b.json, line 2, strategies[0].search.space.symbol: 'C' is not among the data section's symbols; did you mean 'A'?");
        Should.Throw<InputException>(() => Plan(Sma(""" "space": { "timeframe": ["1h", "30m"] } """))).Message
            .ShouldBe("b.json, line 2, strategies[0].search.space.timeframe: 30m bars cannot be built from the data's 1h bars; use a "
                + "multiple of it");
    }

    [Fact]
    public void The_rule_of_the_best_trials_needs_a_search()
    {
        Should.Throw<InputException>(() => Read("""{ "class": "SmaCross" }""", """, "portfolio": { "weights": "best" } """)).Message
            .ShouldBe("b.json, line 2, portfolio.weights: no strategy has a 'search' whose best trial it would choose; give one a search, "
                + "or name another rule");
        Should.Throw<InputException>(() => Read(Sma(""" "space": { "fast": [5, 50] } """),
            """, "portfolio": { "rebalance": { "every": "4w" } } """)).Message
            .ShouldStartWith("b.json, line 2, portfolio.rebalance: the best trials of a search are chosen once, on all bars;");
        Read(Sma(""" "space": { "fast": [5, 50] } """)).Portfolio.Rule.ShouldBe(WeightMethods.Best);
        Read(Sma(""" "space": { "fast": [5, 50] } """), """, "portfolio": { "weights": "winners" } """).Portfolio.Rule
            .ShouldBe(WeightMethods.Winners);
    }

    [Fact]
    public void A_strategy_has_one_search_for_each_symbol_and_timeframe_that_the_space_does_not_vary()
    {
        const string Space = """ "space": { "fast": [5, 50] """;
        Names(Space + "}").ShouldBe(["SmaCross@A:1h", "SmaCross@B:1h"]);
        Names(Space + """, "symbol": ["A", "B"] }""").ShouldBe(["SmaCross@A|B:1h"]);
        Names(Space + """, "timeframe": ["1h", "1d"] }""").ShouldBe(["SmaCross@A:1h|1d", "SmaCross@B:1h|1d"]);

        static IEnumerable<string> Names(string search) => Plan(Sma(search)).Searches.Select(s => s.Name);
    }

    [Fact]
    public void A_point_makes_the_strategy_with_its_values()
    {
        var plan = Plan(Sma(""" "space": { "slow": [20, 50], "stopLossPercent": { "from": 0.1, "to": 2, "step": 0.1 }, """
            + """ "takeProfitPercent": [1, 9], "sides": ["long", "both"], "maxBars": { "values": [0, 20] }, "timeframe": ["1h", "4h"] } """,
            """ "params": { "fast": 7 }, "tag": "t", """));
        var search = plan.Searches[0];
        var made = plan.With([new PlannedTrial(0, [33, 2, 2.5, 0, 1, 1])]).Instances.Single();
        made.Id.ShouldBe("SmaCross(fast=7,slow=33)@A:4h:long#t");
        (made.Trading.StopLossPercent, made.Trading.TakeProfitPercent, made.Trading.MaxBars).ShouldBe((0.3, 2.5, 20));
        search.Spec.ValuesOf([33, 2, 2.5, 0, 1, 1]).ShouldBe(new Dictionary<string, object>
        {
            ["slow"] = 33,
            ["stopLossPercent"] = 0.3,
            ["takeProfitPercent"] = 2.5,
            ["sides"] = "long",
            ["maxBars"] = 20,
            ["timeframe"] = "4h",
        });
        // Trials that differ in keys of the strategy alone share a name, and get a number.
        plan.With([new PlannedTrial(0, [33, 2, 2.5, 0, 1, 1])]).With([new PlannedTrial(0, [33, 3, 2.5, 0, 1, 1])]).Instances[1].Id
            .ShouldBe("SmaCross(fast=7,slow=33)@A:4h:long#t#2");
    }

    [Fact]
    public void Keys_that_exclude_one_another_are_not_proposed_together()
    {
        var search = Plan(Sma(""" "trials": 60, "space": { "stopLossPercent": { "values": [0, 2] }, "stopLossAtr": """
            + """{ "values": [0, 3] }, "fast": [5, 50] } """)).Searches[0];
        var points = search.CreateMethod().Next([]);
        points.ShouldNotBeEmpty();
        points.ShouldAllBe(p => p.Values[0] == 0 || p.Values[1] == 0);
    }

    [Fact]
    public void A_plan_that_grows_keeps_its_strategies_and_feeds()
    {
        var plan = BatchPlan.MakeSearched(Read("""{ "class": "SmaCross", "params": { "fast": [3, 4] }, "symbols": "B" }, """
            + Sma(""" "space": { "fast": [5, 50] } """)), ["A", "B"]);
        var first = plan.With([new PlannedTrial(0, [5]), new PlannedTrial(1, [6])]);
        var second = first.With([new PlannedTrial(0, [7])]);
        second.Instances.Select(i => i.Index).ShouldBe([0, 1, 2, 3, 4]);
        second.Instances.Take(4).Select(i => i.Id).ShouldBe(first.Instances.Select(i => i.Id));
        second.Feeds.Take(first.Feeds.Count).Select(f => f.ToString()).ShouldBe(first.Feeds.Select(f => f.ToString()));
        second.IndexOf(2).ShouldBe(4);
        second.WithoutTrials().Instances.Select(i => i.Id).ShouldBe(plan.Instances.Select(i => i.Id));
    }

    [Fact]
    public void The_values_of_a_point_give_the_point_again()
    {
        const string Space = """
            "trials": 40, "space": { "fast": { "from": 4, "to": 40, "step": 4 }, "slow": { "from": 50, "to": 300, "log": true },
              "stopLossPercent": { "from": 0.5, "to": 5, "step": 0.3 }, "takeProfitPercent": [1, 9], "maxBars": { "values": [0, 5, 20] },
              "sides": ["long", "both"], "exitOnSignal": [true, false], "timeframe": ["1h", "4h"] }
            """;
        var spec = Plan(Sma(Space)).Searches[0].Spec;
        foreach (var point in SearchMethods.Create("sobol", spec.Space, 40, 1, 7).Next([]))
            spec.PointOf(spec.ValuesOf(point.Values)).ShouldBe(point.Values);
    }
}
