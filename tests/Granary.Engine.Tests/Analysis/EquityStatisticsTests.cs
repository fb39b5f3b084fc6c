using System.Text.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Testing;
using static Granary.Engine.Tests.Analysis.MetricsOracle;

namespace Granary.Engine.Tests.Analysis;

public class EquityStatisticsTests
{
    // numpy 1.24.2 / pandas 1.5.3 on tests/Shared/oracles/metrics/synthetic_*.csv.
    private static readonly (string Name, double Expected, Func<EquityStatistics, double> Of)[] SyntheticExpected =
    [
        ("total_return", -0.23927575599999995, s => s.Metrics.TotalReturn),
        ("cagr_calendar", -0.04647477905097619, s => s.Metrics.Cagr),
        ("ann_vol", 0.13722011712152452, s => s.Metrics.Volatility),
        ("sharpe", -0.266340973048149, s => s.Metrics.Sharpe),
        ("sortino", -0.3662620933555931, s => s.Metrics.Sortino),
        ("max_drawdown", 0.3106161072912734, s => s.Metrics.MaxDrawdown),
        ("calmar", -0.14962127835629427, s => s.Metrics[RatioMetrics.Calmar]),
        ("hit_rate_days", 0.4836557705136758, s => s.Metrics[ReturnMetrics.PeriodsProfitable]),
        ("hit_rate_nonzero_days", 0.49353301565690944, s => s.Metrics[ReturnMetrics.PeriodsProfitableInMarket]),
        ("n_months", 70, s => s.Measures.Months),
        ("pct_months_profitable", 0.44285714285714284, s => s.Metrics[ReturnMetrics.MonthsProfitable]),
        ("n_weeks", 301, s => s.Measures.Weeks),
        ("pct_weeks_profitable", 0.5083056478405316, s => s.Metrics[ReturnMetrics.WeeksProfitable]),
        ("best_month", 0.09689284586429947, s => s.Metrics[ReturnMetrics.BestMonth]),
        ("worst_month", -0.1183709861754435, s => s.Metrics[ReturnMetrics.WorstMonth]),
        ("var95_hist", 0.013860563167529571, s => s.Metrics[RiskMetrics.Var95]),
        ("cvar95_hist", 0.019321807054515684, s => s.Metrics[RiskMetrics.Cvar95]),
        ("skew", -0.2426976938585881, s => s.Metrics[RiskMetrics.Skew]),
        ("kurtosis_excess", 1.8939804992902918, s => s.Metrics[RiskMetrics.Kurtosis] - 3),
        ("ulcer_index", 0.19454506472935917, s => s.Metrics[RiskMetrics.UlcerIndex]),
        ("omega0", 0.9562570532610764, s => s.Metrics[RatioMetrics.Omega]),
        ("longest_underwater_days", 1968, s => s.Metrics[RiskMetrics.LongestUnderwaterDays]),
        ("tracking_error", 0.11669934792037909, s => s.Benchmark!.TrackingError),
        ("information_ratio", 0.17434048207147224, s => s.Benchmark!.InformationRatio),
        ("beta", 0.5941439376555818, s => s.Benchmark!.Beta),
        ("alpha_ann", -0.0027448510120837728, s => s.Benchmark!.Alpha),
        ("corr", 0.7202902269967166, s => s.Benchmark!.Correlation),
    ];

    [Fact]
    public void A_synthetic_curve_has_the_statistics_that_numpy_and_pandas_give()
    {
        var s = EquityStatistics.Of(Synthetic("synthetic_equity.csv"), benchmark: Synthetic("synthetic_benchmark.csv"));
        s.PeriodsPerYear.ShouldBe(252);
        foreach (var (name, expected, of) in SyntheticExpected) of(s).ShouldAgree(expected, name);
        // numpy alone: the oracle's other cases do not have these.
        s.Metrics[RatioMetrics.Martin].ShouldAgree(-0.23888952986614925, "martin");
        s.Metrics[RatioMetrics.TailRatio].ShouldAgree(1.0063671680662263, "tail ratio");
        Date(s.Measures.DeepestDrawdown!.Peak).ShouldBe("2012-07-23");
        Date(s.Measures.DeepestDrawdown.Trough).ShouldBe("2016-09-29");
        s.Measures.DeepestDrawdown.Recovery.ShouldBeNull();
    }

    [SharedFact]
    public void Every_case_of_the_metrics_oracle_agrees()
    {
        var folder = SharedData.Require("oracles/metrics");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "metrics.json")));
        foreach (var one in json.RootElement.GetProperty("cases").EnumerateObject())
        {
            var s = EquityStatistics.Of(
                Read(Path.Combine(folder, one.Value.GetProperty("equity").GetString()!)), 252,
                Read(Path.Combine(folder, one.Value.GetProperty("benchmark").GetString()!)));
            var expected = one.Value.GetProperty("expected");
            foreach (var (name, _, of) in SyntheticExpected)
                of(s).ShouldAgree(expected.GetProperty(name).GetDouble(), $"{one.Name} {name}");
            Date(s.Measures.DeepestDrawdown!.Peak).ShouldBe(expected.GetProperty("max_dd_peak_date").GetString());
            Date(s.Measures.DeepestDrawdown.Trough).ShouldBe(expected.GetProperty("max_dd_trough_date").GetString());
            (s.Measures.DeepestDrawdown.Recovery is { } r ? Date(r)
                : null).ShouldBe(expected.GetProperty("max_dd_recovery_date").GetString());
        }
    }

    [Fact]
    public void However_a_curve_is_cut_into_blocks_the_running_statistics_are_the_same_to_the_bit()
    {
        var curve = Synthetic("synthetic_equity.csv");
        var whole = new EquityAccumulator();
        whole.Add(curve.Times, curve.Values);
        var expected = whole.Measure(252);
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var pieces = new EquityAccumulator();
            for (var at = 0; at < curve.Count;)
            {
                var n = Math.Min(curve.Count - at, 1 + random.Next(round * 20 + 1));
                pieces.Add(curve.Times.Slice(at, n), curve.Values.Slice(at, n));
                at += n;
                _ = pieces.Measure(252);
            }
            pieces.Measure(252).ShouldBe(expected);
        }
    }

    [Fact]
    public void Adding_a_point_allocates_nothing()
    {
        var accumulator = new EquityAccumulator();
        for (var i = 0; i < 2000; i++) accumulator.Add(i * TimeSpan.TicksPerMinute, 100 + i % 7);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 2000; i < 200_000; i++) accumulator.Add(i * TimeSpan.TicksPerMinute, 100 + i % 7);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_curve_that_never_moves_has_no_ratio_and_no_drawdown()
    {
        var s = EquityStatistics.Of(Curve(100, 100, 100, 100));
        s.Metrics.TotalReturn.ShouldBe(0);
        s.Metrics.Volatility.ShouldBe(0);
        s.Metrics.Sharpe.ShouldBe(double.NaN);
        s.Metrics.Sortino.ShouldBe(double.NaN);
        s.Metrics[RatioMetrics.Calmar].ShouldBe(double.NaN);
        s.Metrics[RatioMetrics.Omega].ShouldBe(double.NaN);
        s.Metrics[RatioMetrics.ProbabilisticSharpe].ShouldBe(double.NaN);
        s.Metrics.MaxDrawdown.ShouldBe(0);
        s.Metrics[RiskMetrics.MaxDrawdownDays].ShouldBe(0);
        s.Measures.DeepestDrawdown.ShouldBeNull();
        s.Metrics[ReturnMetrics.MonthsProfitable].ShouldBe(0);
    }

    [Fact]
    public void A_curve_of_steady_growth_has_no_deviation_beyond_rounding()
    {
        var s = EquityStatistics.Of(Curve([.. Enumerable.Range(0, 500).Select(i => 1000 * Math.Pow(1.001, i))]));
        s.Metrics.MaxDrawdown.ShouldBe(0);
        s.Metrics.Volatility.ShouldBe(0);
        s.Metrics.Sharpe.ShouldBe(double.NaN);
        s.Metrics.Sortino.ShouldBe(double.NaN);
        s.Metrics[RatioMetrics.Omega].ShouldBe(double.NaN);
        s.Metrics.TotalReturn.ShouldBe(Math.Pow(1.001, 499) - 1, 1e-9);
    }

    [Fact]
    public void An_empty_curve_and_one_of_a_single_point_are_undefined_and_no_error()
    {
        var none = EquityStatistics.Of(Curve());
        none.Points.ShouldBe(0);
        none.Metrics.TotalReturn.ShouldBe(double.NaN);
        none.Metrics[ReturnMetrics.MonthsProfitable].ShouldBe(double.NaN);
        var one = EquityStatistics.Of(Curve(100));
        one.Metrics.TotalReturn.ShouldBe(0);
        one.Metrics.Cagr.ShouldBe(double.NaN);
        one.Metrics.Sharpe.ShouldBe(double.NaN);
        one.Metrics[RiskMetrics.Var95].ShouldBe(double.NaN);
    }

    [Fact]
    public void A_ruined_account_has_lost_all_and_no_ratio()
    {
        var s = EquityStatistics.Of(Curve(100, 50, 0, 10));
        s.Metrics.MaxDrawdown.ShouldBe(1);
        s.Metrics.Sharpe.ShouldBe(double.NaN);
        EquityStatistics.Of(Curve(100, 50, 0)).Metrics.Cagr.ShouldBe(-1);
    }

    [Fact]
    public void The_deepest_drawdown_lasts_from_its_peak_to_its_recovery()
    {
        // Peak on day 2, trough on day 4, recovered on day 6; a shallower but longer fall follows.
        var s = EquityStatistics.Of(Curve(100, 110, 120, 100, 90, 110, 120, 119, 118, 119, 119, 119, 119));
        s.Metrics.MaxDrawdown.ShouldBe(0.25);
        s.Metrics[RiskMetrics.MaxDrawdownDays].ShouldBe(4);
        s.Metrics[RiskMetrics.LongestUnderwaterDays].ShouldBe(6);
    }

    [Fact]
    public void A_month_counts_from_the_last_equity_before_it()
    {
        long Day(int month, int day) => new DateTime(2020, month, day).Ticks;
        // January −1 % from its own first point; February ends above January's end; March ends level with February: not profitable.
        var curve = new EquityCurve([Day(1, 30), Day(1, 31), Day(2, 3), Day(2, 28), Day(3, 31)], [100, 99, 90, 101, 101]);
        var s = EquityStatistics.Of(curve);
        s.Measures.Months.ShouldBe(3);
        s.Metrics[ReturnMetrics.MonthsProfitable].ShouldBe(1 / 3.0);
        PeriodReturn.Monthly(curve).ShouldBe([new(2020, 1, 99 / 100.0 - 1), new(2020, 2, 101 / 99.0 - 1), new(2020, 3, 0)]);
        PeriodReturn.Yearly(curve).ShouldBe([new(2020, 0, 101 / 100.0 - 1)]);
    }

    [Fact]
    public void A_benchmark_is_compared_at_the_times_that_both_have()
    {
        var curve = Synthetic("synthetic_equity.csv");
        var benchmark = Synthetic("synthetic_benchmark.csv");
        // The benchmark loses every seventh day: the same comparison as of two curves that both lack these days.
        int[] keep = [.. Enumerable.Range(0, curve.Count).Where(i => i % 7 != 3)];
        var thin = new EquityCurve([.. keep.Select(i => benchmark.Times[i])], [.. keep.Select(i => benchmark.Values[i])]);
        var thinOwn = new EquityCurve([.. keep.Select(i => curve.Times[i])], [.. keep.Select(i => curve.Values[i])]);
        var compared = BenchmarkStatistics.Of(curve, thin, 252);
        compared.ShouldBe(BenchmarkStatistics.Of(thinOwn, thin, 252));
        compared.CommonPoints.ShouldBe(keep.Length);
    }

    [Fact]
    public void A_curve_against_itself_has_beta_one_and_no_tracking_error()
    {
        var curve = Synthetic("synthetic_equity.csv");
        var b = BenchmarkStatistics.Of(curve, curve, 252);
        b.TrackingError.ShouldBe(0);
        b.InformationRatio.ShouldBe(double.NaN);
        b.Beta.ShouldBe(1, 1e-12);
        b.Correlation.ShouldBe(1, 1e-12);
        b.Alpha.ShouldBe(0, 1e-12);
    }

    [Theory]
    [InlineData("times must increase", 5, 5)]
    [InlineData("times must increase", 5, 4)]
    public void Times_that_do_not_increase_are_refused(string message, long first, long second) =>
        Should.Throw<ArgumentException>(() => new EquityCurve([first, second], [1, 2])).Message.ShouldContain(message);

    [Fact]
    public void A_value_that_is_no_number_is_refused() =>
        Should.Throw<ArgumentException>(() => new EquityCurve([1, 2], [1, double.NaN])).Message.ShouldContain("value 1");

    [Fact]
    public void Periods_in_the_market_are_those_with_a_return()
    {
        // One loss of 10 % and one gain among forty flat days.
        double[] values = [100, .. Enumerable.Repeat(100.0, 20), 90, .. Enumerable.Repeat(90.0, 20), 99];
        var curve = new EquityCurve([.. values.Select((_, i) => new DateTime(2024, 1, 1).AddDays(i).Ticks)], values);
        var s = EquityStatistics.Of(curve);
        (s.Metrics[ReturnMetrics.PeriodsProfitable], s.Metrics[ReturnMetrics.PeriodsProfitableInMarket]).ShouldBe((1 / 42.0, 0.5));
        s.Metrics[RiskMetrics.Var95].ShouldBe(0);
        // Of −10 % and +10 %, 5 % of the way from the lower one.
        s.Metrics[RiskMetrics.Var95InMarket].ShouldBe(0.09, 1e-12);
        s.Metrics[RiskMetrics.Cvar95InMarket].ShouldBe(0.1, 1e-12);
    }

    [Fact]
    public void A_curve_that_reaches_zero_has_no_ratios()
    {
        double[] values = [100, 300, 900, 0];
        var s = EquityStatistics.Of(new EquityCurve([.. values.Select((_, i) => new DateTime(2024, 1, 1).AddDays(i).Ticks)], values));
        (s.Metrics.TotalReturn, s.Metrics.Cagr, s.Metrics.MaxDrawdown).ShouldBe((-1, -1, 1));
        foreach (var ratio in new[] { s.Metrics.Sharpe, s.Metrics.Sortino, s.Metrics[RatioMetrics.Calmar], s.Metrics[RatioMetrics.Omega],
            s.Metrics.Volatility, s.Metrics[RatioMetrics.ProbabilisticSharpe] }) ratio.ShouldBe(double.NaN);
    }
}
