using System.Text;
using System.Text.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Batches;

/// <summary>The comparison of weight rules against loops over the returns of four accounts.</summary>
public sealed class WeightComparisonTests
{
    private const long FirstDay = 738_000;

    private static BatchPlan Plan(string rebalance = """{ "every": "10d", "window": "30d" }""", string fast = "3, 4, 5, 6",
        string account = "", string rule = "equal") =>
        BatchPlan.Make(new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:.", "symbols": ["X"], "timeframe": "5m" }, {{account}} "strategies": [
              { "class": "SmaCross", "params": { "fast": [{{fast}}], "slow": 300 } } ],
              "portfolio": { "weights": "{{rule}}", "rebalance": {{rebalance}} } }
            """), Path.GetTempPath()), ["X"]);

    // Accounts with different drifts and volatilities, which share a market; one begins later.
    private static double[][] Returns(int strategies, int days, int seed = 1)
    {
        var random = new PortableRandom(seed);
        var all = new double[strategies][];
        for (var i = 0; i < strategies; i++) all[i] = new double[days];
        for (var t = 0; t < days; t++)
        {
            var market = random.NextGaussian();
            for (var i = 0; i < strategies; i++)
                all[i][t] = i == 3 && t < 20 ? 0 : 0.004 * (1 + i % 4) * (0.5 * market + random.NextGaussian() + 0.05 * (i % 3));
        }
        return all;
    }

    private static Dictionary<int, StrategyOutcome> Outcomes(double[][] returns)
    {
        var outcomes = new Dictionary<int, StrategyOutcome>();
        for (var i = 0; i < returns.Length; i++)
        {
            var (equity, last) = (new double[returns[i].Length], 1000.0);
            for (var t = 0; t < equity.Length; t++) equity[t] = last *= 1 + returns[i][t];
            outcomes[i] = new StrategyOutcome(i, null, 0, 0, 0, null)
            { Trace = new EquityTrace(TimeSpan.TicksPerDay, FirstDay, 1000, equity) };
        }
        return outcomes;
    }

    private static AllocationRow Row(AllocationResults results, string rule) => results.Rules.Single(r => r.Rule == rule);

    [Fact]
    public void Figures_are_those_of_the_weighted_returns_after_each_choice()
    {
        var returns = Returns(4, 200);
        var results = WeightComparison.Of(Plan(), Outcomes(returns), 2)!;
        results.From.ShouldBe((FirstDay + 30) * TimeSpan.TicksPerDay);
        (results.Strategies, results.Choices, results.Periods, results.PeriodDays, results.Chosen).ShouldBe((4, 17, 170, 1, "equal"));

        // The winners of the thirty days before share the money equally; equal weights never change.
        double[] equal = [.. Enumerable.Range(30, 170).Select(t => returns.Average(r => r[t]))];
        var (winners, turnover, holds) = (new double[170], 0.0, 0.0);
        double[] before = [0, 0, 0, 0];
        for (var at = 30; at < 200; at += 10)
        {
            bool[] won = [.. returns.Select(r => r[(at - 30)..at].Aggregate(1.0, (g, x) => g * (1 + x)) > 1)];
            double[] weights = [.. won.Select(w => w ? 1.0 / won.Count(x => x) : 0)];
            for (var t = at; t < at + 10; t++) winners[t - 30] = returns.Select((r, i) => weights[i] * r[t]).Sum();
            if (at > 30) turnover += weights.Zip(before, (a, b) => Math.Abs(a - b)).Sum();
            holds += won.Count(w => w) / 17.0;
            before = weights;
        }
        Agrees(Row(results, "equal"), equal, 0, 4);
        Agrees(Row(results, "winners"), winners, turnover * 365.25 / 170, holds);
        var difference = SharpeDifference.Of(winners, equal);
        Row(results, "winners").Difference!.Value.ShouldBe(difference.Difference * Math.Sqrt(365.25), 1e-9);
        Row(results, "winners").StandardError!.Value.ShouldBe(difference.StandardError * Math.Sqrt(365.25), 1e-9);
        Row(results, "equal").Difference.ShouldBeNull();
    }

    private static void Agrees(AllocationRow row, double[] returns, double turnover, double holds)
    {
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Length - 1));
        var (equity, highest, drawdown) = (1.0, 1.0, 0.0);
        foreach (var r in returns)
        {
            equity *= 1 + r;
            highest = Math.Max(highest, equity);
            drawdown = Math.Max(drawdown, 1 - equity / highest);
        }
        row.Return.ShouldBe(Math.Pow(equity, 365.25 / returns.Length) - 1, 1e-9);
        row.Volatility.ShouldBe(deviation * Math.Sqrt(365.25), 1e-9);
        row.Sharpe.ShouldBe(mean / deviation * Math.Sqrt(365.25), 1e-9);
        row.MaxDrawdown.ShouldBe(drawdown, 1e-12);
        row.Turnover.ShouldBe(turnover, 1e-9);
        row.Holds.ShouldBe(holds, 1e-9);
    }

    [Fact]
    public void What_comes_after_the_last_choice_changes_no_weight()
    {
        var returns = Returns(4, 200);
        var one = WeightComparison.Of(Plan(), Outcomes(returns), 1)!.Risk;
        for (var t = 190; t < 200; t++) returns[2][t] = -0.3;
        JsonSerializer.Serialize(WeightComparison.Of(Plan(), Outcomes(returns), 1)!.Risk).ShouldBe(JsonSerializer.Serialize(one));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var outcomes = Outcomes(Returns(12, 300));
        var plan = Plan(fast: "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14");
        var one = WeightComparison.Of(plan, outcomes, 1)!.ToJson();
        foreach (var threads in (int[])[2, 4]) WeightComparison.Of(plan, outcomes, threads)!.ToJson().ShouldBe(one);
    }

    [Fact]
    public void The_risk_free_rate_is_subtracted_from_the_returns_of_the_Sharpe_ratio_alone()
    {
        var returns = Returns(4, 200);
        var (without, with) = (WeightComparison.Of(Plan(), Outcomes(returns), 1)!,
            WeightComparison.Of(Plan(account: """ "account": { "riskFreePercent": 5 }, """), Outcomes(returns), 1)!);
        var (a, b) = (Row(without, "equal"), Row(with, "equal"));
        (b.Return, b.Volatility).ShouldBe((a.Return, a.Volatility));
        b.Sharpe.ShouldBe(a.Sharpe - 0.05 / a.Volatility, 1e-9);
    }

    [Fact]
    public void Long_records_are_joined_to_longer_periods()
    {
        var results = WeightComparison.Of(Plan("""{ "every": "1y", "window": "1y" }"""), Outcomes(Returns(4, 6_000)), 2)!;
        results.PeriodDays.ShouldBe(3);
        results.Periods.ShouldBe((6_000 - (int)((results.From / TimeSpan.TicksPerDay) - FirstDay) + 2) / 3);
        // Independent returns have the same ratio by any period, but for chance.
        Row(results, "equal").Volatility.ShouldBe(Math.Sqrt(365.25) * Deviation(Returns(4, 6_000)), 0.01);
    }

    private static double Deviation(double[][] returns)
    {
        double[] mean = [.. Enumerable.Range(0, returns[0].Length).Select(t => returns.Average(r => r[t]))];
        return Math.Sqrt(mean.Average(m => m * m));
    }

    [Fact]
    public void A_batch_with_one_strategy_or_too_many_or_a_short_record_is_not_compared()
    {
        WeightComparison.Of(Plan(fast: "3"), Outcomes(Returns(1, 200)), 1).ShouldBeNull();
        WeightComparison.Of(Plan(), Outcomes(Returns(4, 30 + WeightComparison.LeastPeriods - 1)), 1).ShouldBeNull();
        WeightComparison.Of(Plan(), Outcomes(Returns(4, 30 + WeightComparison.LeastPeriods)), 1).ShouldNotBeNull();
        WeightComparison.Of(Plan(), Outcomes(Returns(4, 10)), 1).ShouldBeNull();
        WeightComparison.Of(Plan(), new Dictionary<int, StrategyOutcome>(), 1).ShouldBeNull();
        // 100 days have 7 choices of 10 days each: 17 · (n³ + 50,000) exceeds 40 million from 133 strategies on.
        (WeightComparison.WorkOf(132, 7), WeightComparison.WorkOf(133, 7)).ShouldSatisfyAllConditions(
            w => w.Item1.ShouldBeLessThan(WeightComparison.MostWork), w => w.Item2.ShouldBeGreaterThan(WeightComparison.MostWork));
        WeightComparison.Of(Plan(fast: string.Join(", ", Enumerable.Range(3, 133))), Outcomes(Returns(133, 100)), 1).ShouldBeNull();
    }

    [Fact]
    public void Accounts_that_never_move_have_no_ratio_and_no_risk()
    {
        var results = WeightComparison.Of(Plan(), Outcomes([new double[200], new double[200], new double[200], new double[200]]), 1)!;
        results.Risk.ShouldBeNull();
        foreach (var row in results.Rules) double.IsNaN(row.Sharpe).ShouldBeTrue();
        results.Rules.ShouldAllBe(r => r.Adjusted == null);
        results.ToJson().ShouldContain("\"sharpe\":null");
    }

    [Fact]
    public void A_ruined_account_is_lost_and_stays_lost()
    {
        var returns = Returns(2, 200);
        for (var t = 100; t < 200; t++) returns[0][t] = t == 100 ? -1 : 0;
        var results = WeightComparison.Of(Plan(fast: "3, 4"), Outcomes(returns), 1)!;
        Row(results, "equal").MaxDrawdown.ShouldBeInRange(0.5, 0.7);
    }

    [Fact]
    public void Shares_of_the_risk_add_up_to_one_and_equal_ones_to_the_weights_of_like_accounts()
    {
        var risk = WeightComparison.Of(Plan(), Outcomes(Returns(4, 200)), 1)!.Risk!;
        risk.Rule.ShouldBe("equal");
        risk.Contributions.Sum(c => c.Share).ShouldBe(1, 1e-12);
        risk.Contributions.Sum(c => c.Weight).ShouldBe(1, 1e-12);
        risk.To.ShouldBe((FirstDay + 190) * TimeSpan.TicksPerDay);
        risk.From.ShouldBe((FirstDay + 160) * TimeSpan.TicksPerDay);
        // No portfolio of the strategies lies left of the frontier's first point.
        risk.Rules.Concat(risk.Strategies).Where(r => r.Risk > 0).ShouldAllBe(r => r.Risk > 0.9 * risk.Frontier[0].Risk);
        risk.Frontier[^1].Return.ShouldBe(risk.Strategies.Max(s => s.Return), 1e-9);
    }
}
