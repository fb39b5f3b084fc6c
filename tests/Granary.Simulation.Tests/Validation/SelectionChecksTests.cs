using System.Text;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Simulation.Tests.Validation;

public sealed class SelectionChecksTests
{
    private const int Weeks = 208;

    // A hundred strategies whose traces are made by hand: what a batch would leave.
    private static readonly BatchPlan _plan = Plan("equal"), _winners = Plan("winners");

    private static BatchPlan Plan(string rule, string execution = "") =>
        BatchPlan.Make(new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
            { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
              ["ACME"], "timeframe": "1h" }, "strategies": [ { "class": "SmaCross", "params": { "fast": [2,3,4,5,6,7,8,9,10,11], "slow":
              [20,21,22,23,24,25,26,27,28,29] } } ], "portfolio": { "weights": "{{rule}}" }, "execution": { {{execution}} } }
            """), Path.GetTempPath()), ["ACME"]);

    private static EquityTrace Trace(Random random, double drift)
    {
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var equity = new double[Weeks];
        var now = 100_000.0;
        for (var t = 0; t < Weeks; t++) equity[t] = now *= 1 + drift + 0.02 * Normal();
        return new EquityTrace(7 * TimeSpan.TicksPerDay, 105_400, 100_000, equity);
    }

    private static SelectionChecks CheckEdge(int seed, double edge, out EquityTrace best)
    {
        var outcomes = Outcomes(seed, edge);
        best = outcomes.Values.MaxBy(o => TraceSharpe.Of(o.Trace!).Sharpe)!.Trace!;
        return CheckEdge(_plan, outcomes, best);
    }

    private static SelectionChecks CheckEdge(BatchPlan plan, Dictionary<int, StrategyOutcome> outcomes, EquityTrace portfolio)
    {
        var tests = SelectionTests.Of(plan, outcomes);
        var census = TrialLedger.Alone(BatchTrials.Of(plan, outcomes, new Dictionary<string, string> { ["ACME"] = "hash" }, _ => null,
            tests.Effective).ByDataSet);
        census.Trials.ShouldBe(100);
        return SelectionChecks.Of(plan, outcomes, portfolio, census, tests)!;
    }

    private static Dictionary<int, StrategyOutcome> Outcomes(int seed, double edge)
    {
        var random = new Random(seed);
        var statistics = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(new EquitySums
        {
            Start = 1,
            Final = 1.1,
            Count = 10,
            SumOfReturns = 0.1,
            SumOfSquares = 0.01,
            SumOfSquaredLosses = 0.001,
            MaxDrawdown = 0.1,
            MaxDrawdownTicks = 1,
            LongestUnderwaterTicks = 1,
            FirstTime = 0,
            LastTime = 1,
            Months = 1,
            MonthsUp = 1,
            Weeks = 1,
            WeeksUp = 1,
            ExposedBars = 1,
        }, default, 52));
        // The edge is one strategy's; all others are noise.
        return _plan.Instances.ToDictionary(i => i.Index,
            i => new StrategyOutcome(i.Index, statistics, (UInt128)i.Index, 1, 10,
                null)
            { Trace = Trace(random, i.Index == 42 ? edge : 0) });
    }

    private static HashSet<UInt128> Tried(string execution)
    {
        var outcomes = Outcomes(1, 0);
        var hashes = new Dictionary<string, string> { ["ACME"] = "hash" };
        return [.. BatchTrials.Of(Plan("equal", execution), outcomes, hashes, _ => null, new EffectiveTrials(100, 100, 100)).ByDataSet["hash"]
            .Select(t => t.Combination)];
    }

    [Theory]
    [InlineData("\"fill\": \"same-close\"")]
    [InlineData("\"latencyBars\": 1")]
    [InlineData("\"leverage\": 2")]
    [InlineData("\"intrabar\": \"target-first\"")]
    [InlineData("\"protectFrom\": \"next-bar\"")]
    public void Other_rules_of_the_fills_are_other_trials(string execution) => Tried(execution).Overlaps(Tried("")).ShouldBeFalse();

    [Theory]
    [InlineData("\"commissionPercent\": 0.3")]
    [InlineData("\"slippagePercent\": 0.1")]
    public void Other_costs_are_the_same_trials(string execution) => Tried(execution).SetEquals(Tried("")).ShouldBeTrue();

    [Fact]
    public void A_verdict_that_depends_on_the_trials_of_other_batches_says_so()
    {
        var outcomes = Outcomes(1, 0.008);
        var best = outcomes.Values.MaxBy(o => TraceSharpe.Of(o.Trace!).Sharpe)!.Trace!;
        var tests = SelectionTests.Of(_plan, outcomes);
        var own = TrialLedger.Alone(BatchTrials.Of(_plan, outcomes, new Dictionary<string, string> { ["ACME"] = "hash" }, _ => null,
            tests.Effective).ByDataSet);
        string Sentence(TrialCensus census, bool passes)
        {
            var checks = SelectionChecks.Of(_plan, outcomes, best, census, tests)!;
            (checks.PortfolioAlone > BatchChecks.Confidence).ShouldBeTrue();
            (checks.PortfolioDeflated > BatchChecks.Confidence).ShouldBe(passes);
            return new BatchChecks(checks, null, "none", null, null, null).ToFindings()[ValidationChecks.DeflatedSharpe].Sentence;
        }
        Sentence(own, passes: true).ShouldNotContain("ledger");
        Sentence(own with { Trials = 2_000_000_000, Effective = 1e9 }, passes: false).ShouldContain("The ledger decides");
    }

    [Fact]
    public void A_portfolio_that_was_chosen_by_the_record_beats_its_benchmark_only_where_the_best_of_all_does()
    {
        var check = new BenchmarkCheck("ACME", 0.5, 0.2, 0.1, 0.05, 0.01, 0.043, 7 * TimeSpan.TicksPerDay);
        check.Passed.ShouldBeTrue("nothing was chosen");
        (check with { Selection = 0.8 }).Passed.ShouldBeFalse();
        (check with { Selection = 0.8 }).Probability.ShouldBe(0.8);
        (check with { Selection = 0.02 }).Passed.ShouldBeTrue();
        (check with { Own = 0.2, Selection = 0.02 }).Passed.ShouldBeFalse();
    }

    [Fact]
    public void Returns_that_never_move_have_no_Sharpe_ratio_and_nothing_that_follows_from_one()
    {
        var flat = TraceSharpe.Of(new double[Weeks]);
        flat.Returns.ShouldBe(Weeks);
        flat.Sharpe.ShouldBe(double.NaN);
        flat.Deflated(10).ShouldBe(double.NaN);
        flat.MinimumTrackRecord.ShouldBe(double.NaN);
        var equity = new EquityTrace(7 * TimeSpan.TicksPerDay, 105_400, 100_000, [.. Enumerable.Repeat(100_000.0, Weeks)]);
        TraceSharpe.Of(equity).ShouldBe(flat);
        var unseen = OutOfSample.Stitched(equity);
        (unseen.Return, unseen.Sharpe, unseen.Passed).ShouldBe((0, double.NaN, false));
    }

    [Fact]
    public void A_portfolio_of_the_winners_of_noise_is_not_taken_for_skill()
    {
        // Half of a hundred worthless strategies earned: together they look better than any of them, and better than the expected best of a
        // hundred.
        int passed = 0, fooled = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var outcomes = Outcomes(seed, 0);
            var winners = outcomes.Values.Where(o => o.Trace!.Equity[^1] > o.Trace.Start).Select(o => o.Trace!).ToList();
            var now = 100_000.0;
            var portfolio = new EquityTrace(7 * TimeSpan.TicksPerDay, 105_400, now,
                [.. Enumerable.Range(0, Weeks).Select(t => now *= 1 + winners.Average(w => w.ReturnOf(105_400 + t)))]);
            var checks = CheckEdge(_winners, outcomes, portfolio);
            if (checks.PortfolioDeflated > BatchChecks.Confidence) passed++;
            if (checks.Portfolio.Deflated(checks.EffectiveTrials) > BatchChecks.Confidence) fooled++;
        }
        // Not every one of twenty: the threshold is what luck shows on average, and the test leaves it 5 %.
        passed.ShouldBeLessThanOrEqualTo(3);
        fooled.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Of_noise_the_best_is_deflated_and_its_choice_is_drawing_lots()
    {
        double overfitting = 0, passed = 0, plain = 0;
        // A check that passes one worthless batch in six fails thirty draws with a probability of 96 %; sixty find one in eight.
        var draws = TestEffort.Of(30, 60);
        for (var seed = 0; seed < draws; seed++)
        {
            var checks = CheckEdge(seed, 0, out var best);
            overfitting += checks.Overfitting!.Probability / draws;
            if (checks.PortfolioDeflated > BatchChecks.Confidence) passed++;
            if (TraceSharpe.Of(best).Deflated(1) > BatchChecks.Confidence) plain++;
        }
        overfitting.ShouldBe(0.5, 0.1);
        // The plain test is fooled nearly always, the deflated one hardly ever.
        plain.ShouldBeGreaterThan(0.9 * draws);
        passed.ShouldBeLessThanOrEqualTo(0.05 * draws);
    }

    [Fact]
    public void A_planted_edge_passes_the_deflated_sharpe_ratio_the_overfitting_test_and_the_reality_check()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var checks = CheckEdge(seed, 0.009, out _);
            checks.PortfolioDeflated.ShouldBeGreaterThan(BatchChecks.Confidence);
            checks.Deflated[42].ShouldBeGreaterThan(BatchChecks.Confidence);
            checks.Overfitting!.Probability.ShouldBeLessThan(0.05);
            checks.Snooping!.Consistent.ShouldBeLessThan(0.05);
            checks.Snooping.Best.ShouldBe(42);
        }
    }

    [Fact]
    public void More_trials_on_the_same_bars_deflate_more()
    {
        var statistics = TraceSharpe.Of(Trace(new Random(3), 0.004));
        var deflated = new[] { 1.0, 10, 100, 1_000, 100_000 }.Select(statistics.Deflated).ToList();
        deflated.ShouldBe(deflated.OrderDescending());
        deflated[0].ShouldBeGreaterThan(deflated[^1] + 0.3);
    }
}
