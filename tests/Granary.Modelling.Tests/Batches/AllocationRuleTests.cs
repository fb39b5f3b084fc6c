using System.Text;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Allocation;
using Granary.Modelling.Weighting;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Batches;

/// <summary>
/// Allocation methods over the equity of strategies. Four strategies of X and four of Y have random daily returns; each choice sees 30 days.
/// </summary>
public sealed class AllocationRuleTests
{
    private const int Days = 100, Window = 30, Every = 10;
    private const long FirstDay = 738_000;

    private static BatchPlan Plan(string portfolio) => BatchPlan.Make(Read(portfolio), ["X", "Y"]);

    private static BatchSpec Read(string portfolio) => new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
        { "name": "test", "data": { "source": "csv:.", "symbols": ["X", "Y"], "timeframe": "1h" }, "strategies": [ { "class": "SmaCross",
          "params": { "fast": [3, 4, 5, 6], "slow": 20 } } ],
          "portfolio": {{portfolio}} }
        """), Path.GetTempPath());

    private static string Portfolio(string method, string keys = "", string limits = "") =>
        $$"""{ "weights": "{{method}}", "rebalance": { "every": "{{Every}}d", "window": "{{Window}}d"{{keys}} }{{limits}} }""";

    // The returns of strategy i change from day `changed` on; strategy `late` begins after the first window has begun.
    private static Dictionary<int, StrategyOutcome> Outcomes(BatchPlan plan, int changed = Days, int late = -1) =>
        plan.Instances.ToDictionary(i => i.Index, i =>
        {
            var (random, other) = (new Random(i.Index + 1), new Random(i.Index + 100));
            var (equity, last, skip) = (new List<double>(), 100.0, i.Index == late ? 5 : 0);
            for (var day = 0; day < Days; day++)
            {
                var (own, changedReturn) = (random.NextDouble() - 0.45, other.NextDouble() - 0.5);
                last *= 1 + 0.01 * (i.Index + 1) * (day < changed ? own : changedReturn);
                if (day >= skip) equity.Add(last);
            }
            return new StrategyOutcome(i.Index, null, (UInt128)(i.Index + 1), 1, 1, null)
            {
                Trace = new EquityTrace(TimeSpan.TicksPerDay, FirstDay + skip, 100, [.. equity]),
            };
        });

    private static WeightChoice Choose(BatchPlan plan, Dictionary<int, StrategyOutcome> outcomes) =>
        ScheduledWeights.ByEquity(plan, outcomes, plan.Spec.Portfolio.Rule!, plan.Spec.Portfolio.Rebalance!);

    public static TheoryData<string> Methods => [.. AllocationMethods.All];

    [Theory, MemberData(nameof(Methods))]
    public void Returns_after_a_choice_have_no_part_in_it(string method)
    {
        var plan = Plan(Portfolio(method, ", \"turnoverPenalty\": 0.000001"));
        var (whole, changed) = (Choose(plan, Outcomes(plan)), Choose(plan, Outcomes(plan, changed: Window + 2 * Every)));
        whole.History.Count.ShouldBe((Days - Window + Every - 1) / Every);
        for (var c = 0; c < 3; c++) changed.History[c].Chosen.ShouldBe(whole.History[c].Chosen);
        changed.History[4].Chosen.ShouldNotBe(whole.History[4].Chosen);
        whole.From.ShouldBe((FirstDay + Window) * TimeSpan.TicksPerDay);
        whole.Schedule!.At(0, whole.From!.Value - 1).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Bounds_of_strategies_symbols_and_groups_hold_at_each_choice(string method)
    {
        var plan = Plan(Portfolio(method, ", \"minWeight\": 0.02, \"maxWeight\": 0.3, \"maxSymbolWeight\": 0.6, \"maxGroupWeight\": 0.45",
            ", \"limits\": { \"groups\": { \"only\": { \"symbols\": [\"Y\"], \"maxPercent\": 100 } } }"));
        foreach (var step in Choose(plan, Outcomes(plan)).History)
        {
            step.Chosen.Sum(c => c.Weight).ShouldBe(1, 1e-10);
            step.Chosen.ShouldAllBe(c => c.Weight >= 0.02 && c.Weight <= 0.3);
            double Of(string symbol) => step.Chosen.Where(c => plan.Instances[c.Strategy].Symbols[0] == symbol).Sum(c => c.Weight);
            Of("X").ShouldBeLessThanOrEqualTo(0.6 + 1e-10);
            Of("Y").ShouldBeLessThanOrEqualTo(0.45 + 1e-10);
        }
    }

    [Fact]
    public void A_price_of_changes_makes_the_weights_change_less()
    {
        double Turnover(string price)
        {
            var plan = Plan(Portfolio(AllocationMethods.RiskParity, price));
            var history = Choose(plan, Outcomes(plan)).History;
            return history.Skip(1).Select((step, i) => plan.Instances.Sum(s => Math.Abs(
                step.Chosen.FirstOrDefault(c => c.Strategy == s.Index).Weight
                    - history[i].Chosen.FirstOrDefault(c => c.Strategy == s.Index).Weight))).Sum();
        }
        var (free, priced) = (Turnover(""), Turnover(", \"turnoverPenalty\": 0.02"));
        free.ShouldBeGreaterThan(0.2);
        priced.ShouldBeLessThan(free / 2);
        // At a price of a whole portfolio nothing changes after the first choice.
        Turnover(", \"turnoverPenalty\": 1").ShouldBe(0);
    }

    [Fact]
    public void The_last_choice_comes_with_the_returns_bounds_and_risk_that_it_was_made_from()
    {
        var plan = Plan(Portfolio(AllocationMethods.RiskParity));
        var choice = Choose(plan, Outcomes(plan));
        var last = choice.Allocation!;
        last.Units.ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);
        last.Returns.ShouldAllBe(r => r.Length == Window);
        last.Allocated.RiskContributions.ShouldAllBe(share => Math.Abs(share - 0.125) < 1e-10);
        last.Allocated.Weights.ShouldBe(choice.Last);
        AllocationMethods.Weigh(AllocationMethods.RiskParity, last.Returns, last.Settings).Weights.ShouldBe(last.Allocated.Weights);
    }

    [Fact]
    public void Who_was_not_there_when_the_window_began_gets_no_weight_by_it()
    {
        var plan = Plan(Portfolio(AllocationMethods.InverseVolatility));
        var history = Choose(plan, Outcomes(plan, late: 2)).History;
        history[0].Chosen.Select(c => c.Strategy).ShouldBe([0, 1, 3, 4, 5, 6, 7]);
        history[1].Chosen.Select(c => c.Strategy).ShouldContain(2);
    }

    [Fact]
    public void Of_strategies_with_the_same_returns_the_first_gets_the_weight_of_one()
    {
        var plan = Plan(Portfolio(AllocationMethods.InverseVolatility));
        var outcomes = Outcomes(plan);
        outcomes[5] = outcomes[5] with { Trace = outcomes[1].Trace };
        var chosen = Choose(plan, outcomes).History[0].Chosen;
        chosen.Select(c => c.Strategy).ShouldBe([0, 1, 2, 3, 4, 6, 7]);
        chosen.Sum(c => c.Weight).ShouldBe(1, 1e-12);
    }

    [Theory]
    [InlineData(", \"minWeight\": 0.2", "", "portfolio.rebalance.minWeight: 8 strategies of the whole portfolio with at least 0.2 each have 1.6")]
    [InlineData(", \"minWeight\": 0.1, \"maxSymbolWeight\": 0.3", "", "4 strategies of X with at least 0.1 each have 0.4, more than "
        + "maxSymbolWeight, 0.3; give at most 0.075")]
    [InlineData(", \"minWeight\": 0.3, \"maxWeight\": 0.2", "", "minWeight: 0.3 is more than maxWeight, 0.2")]
    [InlineData(", \"maxGroupWeight\": 0.5", "", "portfolio.rebalance.maxGroupWeight: the portfolio has no groups; name their symbols in "
        + "limits.groups")]
    [InlineData(", \"maxGroupWeight\": 0.5", ", \"limits\": { \"groups\": { \"a\": { \"symbols\": [\"X\"], \"maxPercent\": 9 }, "
        + "\"b\": { \"symbols\": [\"X\", \"Y\"], \"maxPercent\": 9 } } }", "X is in 2 of limits.groups")]
    public void Bounds_that_contradict_one_another_are_refused_before_the_run(string keys, string limits, string why)
    {
        var message = Should.Throw<InputException>(() =>
            BatchWeights.Checked(Plan(Portfolio(AllocationMethods.RiskParity, keys, limits)))).Message;
        message.ShouldContain("test.json, line 3");
        message.ShouldContain(why);
    }

    [Fact]
    public void Keys_of_allocation_methods_are_refused_where_another_rule_would_not_read_them()
    {
        Should.Throw<InputException>(() => Read(Portfolio("equal", ", \"shrinkage\": 0.5"))).Message
            .ShouldContain("portfolio.rebalance.shrinkage: it is for the weights inverse-volatility,");
        var misspelt = Should.Throw<InputException>(() => Read(Portfolio("risk-party", ", \"shrinkage\": 0.5"))).Message;
        misspelt.ShouldContain("did you mean 'risk-parity'?");
        misspelt.ShouldNotContain("shrinkage");
    }
}
