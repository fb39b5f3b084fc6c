using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using static Granary.Engine.Tests.Analysis.MetricsOracle;

namespace Granary.Engine.Tests.Analysis;

public class ReportTablesTests
{
    [Fact]
    public void The_worst_drawdowns_come_deepest_first_and_do_not_overlap()
    {
        var curve = Curve(100, 90, 100, 100, 80, 70, 105, 104, 105, 95);
        var worst = Drawdown.Worst(curve);
        worst.Count.ShouldBe(4);
        worst[0].Depth.ShouldBe(0.3, 1e-12);
        worst[0].Peak.ShouldBe(curve.Times[3]); // the last day at the peak, not the first
        worst[0].Trough.ShouldBe(curve.Times[5]);
        worst[0].Recovery.ShouldBe(curve.Times[6]);
        worst[0].Days.ShouldBe(3);
        worst[^1].Depth.ShouldBe(1 / 105.0, 1e-12);
        worst.Single(d => d.Recovery is null).Days.ShouldBe(1);
        Drawdown.Worst(curve, 2).Count.ShouldBe(2);
    }

    [Fact]
    public void The_first_of_the_table_is_the_deepest_of_the_statistics()
    {
        var curve = Synthetic("synthetic_equity.csv");
        Drawdown.Worst(curve)[0].ShouldBe(EquityStatistics.Of(curve).Measures.DeepestDrawdown);
        Drawdown.Underwater(curve).Max().ShouldBe(EquityStatistics.Of(curve).Metrics.MaxDrawdown);
    }

    [Fact]
    public void Monthly_returns_compound_to_the_total()
    {
        var curve = Synthetic("synthetic_equity.csv");
        var months = PeriodReturn.Monthly(curve);
        months.Count.ShouldBe(70);
        months.Max(m => m.Return).ShouldAgree(0.09689284586429947, "best month");
        months.Aggregate(1.0, (g, m) => g * (1 + m.Return)).ShouldBe(1 + EquityStatistics.Of(curve).Metrics.TotalReturn, 1e-12);
        PeriodReturn.Yearly(curve).Aggregate(1.0, (g, y) => g * (1 + y.Return))
            .ShouldBe(1 + EquityStatistics.Of(curve).Metrics.TotalReturn, 1e-12);
    }

    [Fact]
    public void A_rolling_window_equals_the_statistics_of_its_slice()
    {
        var curve = Synthetic("synthetic_equity.csv");
        var rolling = RollingStatistics.Of(curve, 63, 252);
        rolling.Times.Length.ShouldBe(1499 - 63 + 1);
        foreach (var at in (int[])[0, 1, 500, 1400, 1436])
        {
            var slice = EquityStatistics.Of(new EquityCurve(curve.Times.Slice(at, 64).ToArray(), curve.Values.Slice(at, 64).ToArray()),
                252);
            rolling.Times[at].ShouldBe(slice.Measures.LastTime);
            rolling.Sharpe[at].ShouldAgree(slice.Metrics.Sharpe, "sharpe");
            rolling.Sortino[at].ShouldAgree(slice.Metrics.Sortino, "sortino");
            rolling.Volatility[at].ShouldAgree(slice.Metrics.Volatility, "volatility");
        }
    }

    [Fact]
    public void A_flat_window_has_no_rolling_sharpe()
    {
        var rolling = RollingStatistics.Of(Curve([100, 110, 90, .. Enumerable.Repeat(90.0, 50)]), 10, 252);
        rolling.Volatility[^1].ShouldBe(0);
        rolling.Sharpe[^1].ShouldBe(double.NaN);
        rolling.Sortino[^1].ShouldBe(double.NaN);
    }

    [Fact]
    public void A_histogram_counts_every_return_once()
    {
        var returns = Synthetic("synthetic_equity.csv").Returns;
        var h = ReturnHistogram.Of(returns);
        h.Counts.Sum().ShouldBe(returns.Length);
        h.Edges.Length.ShouldBe(h.Counts.Length + 1);
        ReturnHistogram.Of([0, 0.5, 1, 1], 2).Counts.ShouldBe([1, 3]);
        ReturnHistogram.Of([0.1, 0.1]).Counts.ShouldBe([2]);
        ReturnHistogram.Of([]).Counts.ShouldBeEmpty();
    }

    [Fact]
    public void A_curve_shows_the_crises_that_it_lived_through()
    {
        long Day(int month, int day) => new DateTime(2020, month, day).Ticks;
        var curve = new EquityCurve([Day(2, 18), Day(2, 19), Day(3, 9), Day(3, 23), Day(4, 1)], [90, 100, 80, 70, 75]);
        var crisis = CrisisPeriod.Of(curve).ShouldHaveSingleItem();
        crisis.Period.Name.ShouldBe("Pandemic");
        crisis.Return.ShouldBe(-0.3, 1e-12);
        crisis.MaxDrawdown.ShouldBe(0.3, 1e-12);
        CrisisPeriod.All.ShouldAllBe(p => p.From < p.To);
    }

    [Fact]
    public void Every_formula_has_a_text_and_a_source_and_a_name_of_its_own()
    {
        Formula[] all = [.. Formulas.Of(MetricCatalogue.BuiltIn)];
        all.ShouldAllBe(f => f.Name.Length > 0 && f.Text.Length > 0 && f.Source.Length > 0);
        all.Select(f => f.Name).ShouldBeUnique();
    }
}
