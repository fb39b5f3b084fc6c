using Granary.Engine.Analysis.Metrics;

namespace Granary.Engine.Tests.Analysis;

/// <summary>An undefined metric ranks by the reason why it is undefined.</summary>
public sealed class MetricRankTests
{
    [Theory]
    [InlineData("sharpe"), InlineData("sortino"), InlineData("calmar"), InlineData("profitFactor"), InlineData("omega")]
    [InlineData("payoff"), InlineData("averageLoss"), InlineData("excessSharpe"), InlineData("probabilisticSharpe")]
    public void Undefined_because_nothing_was_lost_is_above_all_values_and_undefined_because_nothing_was_traded_below(string key)
    {
        var metric = MetricCatalogue.BuiltIn.Find(key)!;
        MetricRank[] order =
        [
            metric.RankOf(double.NaN, totalReturn: 0.2), metric.RankOf(double.NaN, totalReturn: 0.1), metric.RankOf(1e300, 0.3),
            metric.RankOf(2, -0.1), metric.RankOf(-5, 0.1), metric.RankOf(double.NaN, totalReturn: 0), metric.RankOf(double.NaN, -0.2),
        ];
        order.Reverse().OrderDescending().ShouldBe(order);
        order.Select(r => r.IsKnown).ShouldBe([true, true, true, true, true, false, false]);
    }

    [Fact]
    public void Equal_values_have_equal_ranks_whatever_the_return()
    {
        var metric = RatioMetrics.Sharpe;
        metric.RankOf(1, 0.5).ShouldBe(metric.RankOf(1, -0.5));
    }

    [Fact]
    public void A_mean_over_no_trades_is_below_all_values_also_of_an_account_that_gained()
    {
        // Of an account with an open trade alone: there is no mean of closed trades, however few are lost.
        (TradeMetrics.WinRate.RankOf(double.NaN, 0.5) < TradeMetrics.WinRate.RankOf(0, -0.5)).ShouldBeTrue();
        TradeMetrics.Expectancy.RankOf(double.NaN, 0.5).IsKnown.ShouldBeFalse();
    }

    [Fact]
    public void A_minimised_metric_turns_the_order_of_values_but_nothing_traded_stays_below()
    {
        var metric = RatioMetrics.Sortino;
        MetricRank[] order =
        [
            metric.RankOf(-3, 0, isMinimised: true), metric.RankOf(2, 0, isMinimised: true),
            metric.RankOf(double.NaN, 0.1, isMinimised: true), metric.RankOf(double.NaN, 0, isMinimised: true),
        ];
        order.Reverse().OrderDescending().ShouldBe(order);
    }
}
