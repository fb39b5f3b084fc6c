using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Tests.Factors;

namespace Granary.Engine.Tests.Numerics;

/// <summary>Numbers that differ by rounding alone do not vary: what divides by their deviation is undefined.</summary>
public class VariationTests
{
    private const int Count = 400;

    public static TheoryData<double> Rates => [0.0001, 0.00037, 0.005, -0.002];

    // Each value is the one before, times 1 + rate: the quotients differ in the last place.
    private static double[] Growing(double rate, double first = 100)
    {
        var values = new double[Count];
        for (var i = 0; i < Count; i++) values[i] = i == 0 ? first : values[i - 1] * (1 + rate);
        return values;
    }

    private static double[] Wandering(int seed)
    {
        var (random, values) = (new Random(seed), new double[Count]);
        for (var i = 0; i < Count; i++) values[i] = i == 0 ? 100 : values[i - 1] * (1 + 0.02 * (random.NextDouble() - 0.5));
        return values;
    }

    private static EquityCurve Curve(double[] values) =>
        new([.. Enumerable.Range(0, values.Length).Select(i => new DateTime(2020, 1, 1).AddDays(i).Ticks)], values);

    [Theory]
    [MemberData(nameof(Rates))]
    public void Constant_growth_has_no_ratios_of_its_deviation(double rate)
    {
        var s = EquityStatistics.Of(Curve(Growing(rate)));
        s.Metrics.Sharpe.ShouldBe(double.NaN);
        s.Metrics.Volatility.ShouldBe(0);
        s.Metrics[RiskMetrics.Skew].ShouldBe(double.NaN);
        s.Metrics[RiskMetrics.Kurtosis].ShouldBe(double.NaN);
        s.Metrics[RatioMetrics.ProbabilisticSharpe].ShouldBe(double.NaN);
        var rolling = RollingStatistics.Of(Curve(Growing(rate)), 30, 365);
        rolling.Sharpe.ShouldAllBe(v => double.IsNaN(v));
        rolling.Volatility.ShouldAllBe(v => v == 0);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_benchmark_of_constant_growth_has_no_beta(double rate)
    {
        var (curve, benchmark) = (Curve(Wandering(1)), Curve(Growing(rate)));
        var b = BenchmarkStatistics.Of(curve, benchmark, 365);
        (b.Beta, b.Alpha, b.Correlation).ShouldBe((double.NaN, double.NaN, double.NaN));
        // The curve itself varies, and so does its distance from the benchmark.
        b.TrackingError.ShouldBeGreaterThan(0.05);
        RollingBeta.Of(curve, benchmark, 30).Beta.ShouldAllBe(v => double.IsNaN(v));
        PearsonCorrelation.Of(curve.Returns, benchmark.Returns, Variation.OfReturns).ShouldBe(double.NaN);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void The_sums_of_a_strategy_of_constant_growth_have_no_deviation(double rate)
    {
        double sum = 0, squares = 0, losses = 0;
        var values = Growing(rate);
        for (var i = 1; i < Count; i++)
        {
            var r = values[i] / values[i - 1] - 1;
            (sum, squares, losses) = (sum + r, squares + r * r, losses + Math.Min(r, 0) * Math.Min(r, 0));
        }
        var measures = new EquitySums
        {
            Start = 100,
            Final = values[^1],
            Count = Count - 1,
            SumOfReturns = sum,
            SumOfSquares = squares,
            SumOfSquaredLosses = losses,
            MaxDrawdown = 0,
            MaxDrawdownTicks = 0,
            LongestUnderwaterTicks = 0,
            FirstTime = 0,
            LastTime = Count * TimeSpan.TicksPerDay,
            Months = 1,
            MonthsUp = 1,
            Weeks = 1,
            WeeksUp = 1,
            ExposedBars = Count,
        }.Measure(252);
        measures.Deviation.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Factors_of_the_shape_of_returns_are_undefined_on_constant_growth(double rate)
    {
        var closes = Growing(rate);
        foreach (var name in (string[])["skew(30)", "kurtosis(30)", "hurst(40)", "beta(OTHER,30)", "correlation(OTHER,30,Returns)"])
            Line(name, Wandering(2), closes, isOther: name.Contains("OTHER", StringComparison.Ordinal))
                .ShouldAllBe(v => double.IsNaN(v), name);
        // All returns lie in one bin, and their deviation is 0: both are defined.
        Line("entropy(30)", Wandering(2), closes).Where(v => !double.IsNaN(v)).ShouldAllBe(v => v == 0);
        Line("volatility(30)", Wandering(2), closes).Where(v => !double.IsNaN(v)).ShouldAllBe(v => v == 0);
    }

    [Theory]
    [InlineData(1.106)]
    [InlineData(0.37)]
    [InlineData(31337.7)]
    public void A_constant_ratio_has_no_score(double ratio)
    {
        var prices = Wandering(3);
        Line("ratio-zscore(OTHER,20)", prices, [.. prices.Select(v => v * ratio)], isOther: true).ShouldAllBe(v => double.IsNaN(v));
    }

    [Fact]
    public void Closes_that_differ_by_rounding_have_no_score_no_band_and_no_fit()
    {
        // 0.1 + 0.2 and its like around 0.3, as adjusted prices are.
        double[] closes = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 0.1 + 0.2 : i % 3 == 1 ? 0.3 : Math.BitDecrement(0.3))];
        foreach (var name in (string[])["zscore(20)", "bollinger(20,2).percent", "slope(20).r2", "cci(20)", "correlation(OTHER,20)"])
            Line(name, Wandering(4), closes, isOther: name.Contains("OTHER", StringComparison.Ordinal))
                .ShouldAllBe(v => double.IsNaN(v), name);
        Line("stddev(20)", Wandering(4), closes).Where(v => !double.IsNaN(v)).ShouldAllBe(v => v == 0);
        Line("bollinger(20,2).width", Wandering(4), closes).Where(v => !double.IsNaN(v)).ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void One_tick_of_a_large_price_varies()
    {
        // 0.01 in 100,000, once in 20 bars: 0.01 · √19 / 20.
        double[] closes = [.. Enumerable.Range(0, Count).Select(i => i % 20 == 7 ? 100_000.01 : 100_000.0)];
        foreach (var value in Line("stddev(20)", Wandering(5), closes).Where(v => !double.IsNaN(v)))
            value.ShouldBe(0.01 * Math.Sqrt(19) / 20, 1e-9);
        Line("zscore(20)", Wandering(5), closes).Skip(19).ShouldAllBe(v => double.IsFinite(v));
    }

    [Fact]
    public void Small_returns_vary()
    {
        // In turn 1e-7 and 3e-7, as of a fund in money: mean 2e-7, deviation near 1e-7.
        var values = new double[Count];
        for (var i = 0; i < Count; i++) values[i] = i == 0 ? 100 : values[i - 1] * (1 + (i % 2 == 0 ? 1e-7 : 3e-7));
        EquityStatistics.Of(Curve(values), 1).Metrics.Sharpe.ShouldBe(2, 0.02);
    }

    [Fact]
    public void Equal_returns_of_trades_have_no_interval_and_no_p_value()
    {
        double[] returns = [(110.0 - 100) * 10 / (100 * 10), (220.0 - 200) * 10 / (200 * 10), (77.0 - 70) * 3 / (70 * 3), (1.1 - 1) / 1];
        var interval = MeanInterval.Of(returns, Variation.OfReturns);
        interval.Mean.ShouldBe(0.1, 1e-12);
        (interval.Low, interval.High, interval.PValue).ShouldBe((double.NaN, double.NaN, double.NaN));
        var one = MeanInterval.Of([0.1], Variation.OfReturns);
        (one.Low, one.High, one.PValue).ShouldBe((double.NaN, double.NaN, double.NaN));
    }

    // Of 100, 110, 120, 0, 0, 0, … the returns 10 %, 9.1 %, −100 % are defined, and none after that.
    [Fact]
    public void A_ruined_account_has_no_volatility_where_its_returns_are_undefined()
    {
        double[] ruined = [100, 110, 120, .. new double[20]];
        var rolling = RollingStatistics.Of(Curve(ruined), 3, 365);
        var variance = (Square(0.1) + Square(1.0 / 11) + 1 - 3 * Square((0.1 + 1.0 / 11 - 1) / 3)) / 2;
        rolling.Volatility[0].ShouldBe(Math.Sqrt(365 * variance), 1e-9);
        rolling.Volatility[1..].ShouldAllBe(v => double.IsNaN(v));
        rolling.Sharpe[1..].ShouldAllBe(v => double.IsNaN(v));
        var against = BenchmarkStatistics.Of(Curve(ruined), Curve(Wandering(1)[..ruined.Length]), 365);
        (against.TrackingError, against.InformationRatio, against.Beta).ShouldBe((double.NaN, double.NaN, double.NaN));

        static double Square(double x) => x * x;
    }

    [Fact]
    public void A_window_after_an_undefined_return_has_its_figures_again()
    {
        var values = Wandering(2);
        values[50] = 0;
        var rolling = RollingStatistics.Of(Curve(values), 20, 365);
        var alone = RollingStatistics.Of(new EquityCurve([.. Curve(values).Times[51..]], values[51..]), 20, 365);
        // The first window without the return from 0 begins at value 51.
        rolling.Volatility[31..51].ShouldAllBe(v => double.IsNaN(v));
        for (var i = 0; i < alone.Times.Length; i++)
        {
            rolling.Times[51 + i].ShouldBe(alone.Times[i]);
            rolling.Volatility[51 + i].ShouldBe(alone.Volatility[i], 1e-9);
            rolling.Sharpe[51 + i].ShouldBe(alone.Sharpe[i], 1e-6);
        }
    }

    [Fact]
    public void An_undefined_deviation_is_not_none()
    {
        Variation.IsNone(double.NaN, 1).ShouldBeFalse();
        Variation.IsNoneSquared(double.NaN, 1).ShouldBeFalse();
        Variation.IsNoneOfSums(double.NaN, 1).ShouldBeFalse();
        // The difference of two sums may fall below zero by rounding.
        Variation.IsNoneOfSums(-1e-18, 1).ShouldBeTrue();
        Moments.OfReturns([0.1, double.NaN, 0.2]).SampleDeviation.ShouldBe(double.NaN);
        MeanInterval.Of([0.1, double.NaN, 0.2], Variation.OfReturns).Low.ShouldBe(double.NaN);
    }

    private static double[] Line(string factor, double[] own, double[] closes, bool isOther = false)
    {
        var (request, line) = FactorCatalogue.BuiltIn.Parse(factor);
        var kernel = request.CreateKernel(SampleBars.Series(Timeframe.D1));
        var traded = isOther ? own : closes;
        var block = BarBlock.FromBars(0,
            [.. traded.Select((c, i) => new Bar(new DateTime(2020, 1, 1).AddDays(i).Ticks, c, c, c, c, 1000))]);
        double[][] references = [.. kernel.ReferenceSymbols.Select(_ => closes)];
        double[][] lines = [.. request.Definition.Lines.Select(_ => new double[Count])];
        kernel.Process(new FactorInput(block, 0, Count, references), new FactorOutput(lines, 0, Count));
        return lines[line];
    }
}
