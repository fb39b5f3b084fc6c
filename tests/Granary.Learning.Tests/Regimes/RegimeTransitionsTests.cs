using Granary.Engine.Analysis.Metrics;
using Granary.Learning.Regimes;

namespace Granary.Learning.Tests.Regimes;

public class RegimeTransitionsTests
{
    [Fact]
    public void Counted_by_hand()
    {
        var t = RegimeTransitions.Of([-1, 0, 0, 1, 1, 1, 0, 2, -1, 0], 3);
        t.Counts[0, 0].ShouldBe(1);
        t.Counts[0, 1].ShouldBe(1);
        t.Counts[0, 2].ShouldBe(1);
        t.Counts[1, 1].ShouldBe(2);
        t.Counts[1, 0].ShouldBe(1);
        t.Probabilities[1, 1].ShouldBe(2 / 3.0);
        t.Probabilities[2, 0].ShouldBe(double.NaN); // nothing follows it
        t.Share.ShouldBe([4 / 8.0, 3 / 8.0, 1 / 8.0]);
        t.Spells.ShouldBe([3, 1, 1]);
        t.MeanSpell.ShouldBe([4 / 3.0, 3, 1]);
    }

    [Fact]
    public void The_return_of_the_next_bar_belongs_to_the_state()
    {
        var next = RegimeTransitions.NextReturns([0, 0, 1, -1, 1], [9, 0.01, 0.03, -0.02, 0.5], 2);
        next[0].Mean.ShouldBe(0.02, 1e-15);
        next[0].Bars.ShouldBe(2);
        next[1].Mean.ShouldBe(-0.02);
        next[1].Bars.ShouldBe(1);
    }

    [Fact]
    public void Two_ways_agree_fully_when_they_draw_the_same_lines_under_other_names()
    {
        RegimeAgreement.Of([0, 0, 1, 1, 2, -1], 3, [2, 2, 0, 0, 1, 1], 3).AdjustedRand.ShouldBe(1, 1e-12);
        var random = new Random(1);
        int[] a = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(2))], b = [.. a.Select(_ => random.Next(3))];
        RegimeAgreement.Of(a, 2, b, 3).AdjustedRand.ShouldBe(0, 0.01);
        RegimeAgreement.Of([0, 0], 2, [0, 0], 2).AdjustedRand.ShouldBe(double.NaN);
    }

    [Fact]
    public void A_strategy_trades_in_the_states_in_which_it_earned()
    {
        IEnumerable<RegimeTrade> Trades(string s, int state, params double[] profits) => profits.Select(p => new RegimeTrade(s, state, p));
        var weights = RegimeWeights.Learn([.. Trades("trend", 0, 5, -1, 3), .. Trades("trend", 1, -1, -2, 1), .. Trades("fade", 1, 9),
            .. Trades("fade", -1, 1, 1, 1, 1)], 2, leastTrades: 3);
        weights["trend", 0].ShouldBe(1);
        weights["trend", 1].ShouldBe(0);
        weights["fade", 1].ShouldBe(0); // one trade proves nothing
        weights["fade", 0].ShouldBe(0);
        TradeMetrics.Expectancy.Compute(MetricInput.Of(weights.TradesOf("trend", 0)!.Value)).ShouldBe(7 / 3.0, 1e-12);
        weights.TradesOf("fade", 0).ShouldBeNull();
    }
}
