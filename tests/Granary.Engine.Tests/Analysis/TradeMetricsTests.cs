using System.Text.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Testing;
using static Granary.Engine.Tests.Analysis.MetricsOracle;

namespace Granary.Engine.Tests.Analysis;

public class TradeMetricsTests
{
    private static MetricSet TradeMetricsOf(ReadOnlySpan<double> profits, ReadOnlySpan<int> bars = default) =>
        MetricCatalogue.BuiltIn.Compute(MetricInput.Of(TradeAccumulator.Of(profits, bars: bars)));

    [SharedFact]
    public void Every_trade_case_of_the_metrics_oracle_agrees()
    {
        var folder = SharedData.Require("oracles");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "metrics", "metrics.json")));
        foreach (var one in json.RootElement.GetProperty("trades").EnumerateObject())
        {
            using var run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "backtests", one.Name + ".json")));
            double[] profits =
                [.. run.RootElement.GetProperty("trades").EnumerateArray().Select(t => t.GetProperty("pnlcomm").GetDouble())];
            var s = TradeMetricsOf(profits);
            double Expected(string name) => one.Value.GetProperty(name).GetDouble();
            s.Trades.ShouldBe((long)Expected("n"));
            s.WinRate.ShouldAgree(Expected("hit_rate"), one.Name);
            s[TradeMetrics.Expectancy].ShouldAgree(Expected("expectancy"), one.Name);
            s[TradeMetrics.ProfitFactor].ShouldAgree(Expected("profit_factor"), one.Name);
            s[TradeMetrics.AverageWin].ShouldAgree(Expected("avg_win"), one.Name);
            s[TradeMetrics.AverageLoss].ShouldAgree(Expected("avg_loss"), one.Name);
            s[TradeMetrics.Payoff].ShouldAgree(Expected("payoff"), one.Name);
            TradeAccumulator.Of(profits).NetProfit.ShouldAgree(Expected("total"), one.Name);
            s[TradeMetrics.LongestWinStreak].ShouldBe((int)Expected("max_win_streak"));
            s[TradeMetrics.LongestLossStreak].ShouldBe((int)Expected("max_loss_streak"));
        }
    }

    /// <summary>
    /// The trades of backtrader on synthetic bars; the expected values are the formulas of the report's appendix, written out.
    /// </summary>
    [Theory]
    [InlineData("sma_long_fixed")]
    [InlineData("macd_cross_longshort")]
    [InlineData("bracket_tight_bothhit")]
    public void The_trades_of_a_synthetic_run_have_the_statistics_of_their_formulas(string name)
    {
        using var run = JsonDocument.Parse(File.ReadAllText(SharedData.Synthetic($"backtests/{name}.json")));
        double[] profits = [.. run.RootElement.GetProperty("trades").EnumerateArray().Select(t => t.GetProperty("pnlcomm").GetDouble())];
        double[] wins = [.. profits.Where(p => p > 0)], losses = [.. profits.Where(p => p < 0)];
        wins.Length.ShouldBeGreaterThan(5);
        losses.Length.ShouldBeGreaterThan(5);
        var s = TradeMetricsOf(profits);
        s.Trades.ShouldBe(profits.Length);
        s.WinRate.ShouldAgree((double)wins.Length / profits.Length, name);
        s[TradeMetrics.Expectancy].ShouldAgree(profits.Average(), name);
        s[TradeMetrics.ProfitFactor].ShouldAgree(wins.Sum() / -losses.Sum(), name);
        s[TradeMetrics.AverageWin].ShouldAgree(wins.Average(), name);
        s[TradeMetrics.AverageLoss].ShouldAgree(losses.Average(), name);
        s[TradeMetrics.Payoff].ShouldAgree(wins.Average() / -losses.Average(), name);
        TradeAccumulator.Of(profits).NetProfit.ShouldAgree(profits.Sum(), name);
        var signs = string.Concat(profits.Select(p => p > 0 ? 'w' : p < 0 ? 'l' : ' '));
        s[TradeMetrics.LongestWinStreak].ShouldBe(signs.Split('l', ' ').Max(streak => streak.Length));
        s[TradeMetrics.LongestLossStreak].ShouldBe(signs.Split('w', ' ').Max(streak => streak.Length));
    }

    [Fact]
    public void By_hand()
    {
        // Wins 10 and 30, losses −5 and −5 and −10, one of zero that ends the streak of losses.
        var s = TradeMetricsOf([10, -5, -5, 0, -10, 30], bars: [1, 2, 3, 4, 5, 6]);
        s.WinRate.ShouldBe(2 / 6.0);
        s[TradeMetrics.Expectancy].ShouldBe(20 / 6.0);
        s[TradeMetrics.AverageWin].ShouldBe(20);
        s[TradeMetrics.AverageLoss].ShouldBe(-20 / 3.0);
        s[TradeMetrics.ProfitFactor].ShouldBe(2);
        s[TradeMetrics.Payoff].ShouldBe(3, 1e-12);
        (s[TradeMetrics.LongestWinStreak], s[TradeMetrics.LongestLossStreak]).ShouldBe((1, 2));
        (s[TradeMetrics.LargestWin], s[TradeMetrics.LargestLoss]).ShouldBe((30, -10));
        s[TradeMetrics.AverageBars].ShouldBe(3.5);
    }

    [Fact]
    public void Excursions_are_summed_up_for_winners_and_losers()
    {
        var e = TradeAccumulator.Of([10, -5, 20], adverse: [0.01, 0.04, 0.02], favourable: [0.05, 0.01, 0.06]).Excursions!;
        e.Adverse.Average.ShouldBe(0.07 / 3, 1e-15);
        e.Adverse.Largest.ShouldBe(0.04);
        e.Adverse.OfWins.ShouldBe(0.015, 1e-15);
        e.Favourable.OfLosses.ShouldBe(0.01);
        e.Favourable.Largest.ShouldBe(0.06);
        e.EdgeRatio.ShouldBe(12 / 7.0, 1e-12);
    }

    [Fact]
    public void Without_trades_nothing_is_defined()
    {
        var s = TradeMetricsOf([]);
        s.Trades.ShouldBe(0);
        s.WinRate.ShouldBe(double.NaN);
        s[TradeMetrics.ProfitFactor].ShouldBe(double.NaN);
        s[TradeMetrics.LargestWin].ShouldBe(double.NaN);
        TradeMetricsOf([1, 2])[TradeMetrics.ProfitFactor].ShouldBe(double.NaN);
    }
}
