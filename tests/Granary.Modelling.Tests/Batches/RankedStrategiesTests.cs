using System.Text;
using Granary.Engine.Analysis.Metrics;
using Granary.Modelling.Experiments;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Batches;

/// <summary>Lists of the best strategies and models rank an undefined ratio by the reason why it is undefined.</summary>
public sealed class RankedStrategiesTests
{
    private static BatchPlan Plan { get; } = BatchPlan.Make(new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes("""
        { "name": "test", "data": { "source": "csv:.", "symbols": ["X"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 4, 5, 6, 7], "slow": 20 } } ] }
        """), Path.GetTempPath()), ["X"]);

    private static StrategyOutcome Outcome(int index, double sharpe, double totalReturn) => new(index, MetricCatalogue.BuiltIn.Read(
        new Dictionary<string, double> { ["sharpe"] = sharpe, ["totalReturn"] = totalReturn, ["finalEquity"] = 1000 * (1 + totalReturn) }),
        0, 10, 100, null);

    [Fact]
    public void The_leader_board_begins_with_those_that_lost_nothing_and_omits_those_that_traded_nothing()
    {
        var board = new LeaderBoard(3);
        board.Add(Plan, [Outcome(0, 1.2, 0.1), Outcome(1, double.NaN, 0)]);
        board.Add(Plan, [Outcome(2, double.NaN, 0.05), Outcome(3, -0.5, -0.1), Outcome(4, double.NaN, 0.3)]);
        board.Best().Select(l => l.Id).ShouldBe([Plan.Instances[4].Id, Plan.Instances[2].Id, Plan.Instances[0].Id]);
        board.Best().Select(l => l.Sharpe).ShouldBe([null, null, 1.2]);
    }

    [Theory]
    [InlineData(double.PositiveInfinity, 3.0), InlineData(3.0, double.NaN), InlineData(-3.0, double.NaN)]
    [InlineData(double.NegativeInfinity, double.NaN, true)]
    public void A_search_ranks_trades_without_a_loss_above_all_and_no_trades_below(double better, double worse, bool areEqual = false)
    {
        foreach (var fitness in (ExperimentFitness[])[ExperimentFitness.Sortino, ExperimentFitness.Sharpe, ExperimentFitness.Expectancy])
        {
            var (a, b) = (SearchScore.Rank(fitness, better), SearchScore.Rank(fitness, worse));
            if (areEqual) a.ShouldBe(b);
            else a.ShouldBeGreaterThan(b);
        }
        SearchScore.Rank(ExperimentFitness.LogLoss, double.PositiveInfinity).ShouldBe(double.NegativeInfinity, "the worst log loss");
    }
}
