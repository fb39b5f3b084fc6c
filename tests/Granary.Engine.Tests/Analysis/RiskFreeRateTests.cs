using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Engine.Tests.Analysis;

/// <summary>Figures above a risk-free rate, of which each value counts from its date on.</summary>
public sealed class RiskFreeRateTests
{
    private static readonly long[] Days = [.. Enumerable.Range(0, 4).Select(d => new DateTime(2024, 1, 2).AddDays(d).Ticks)];

    // Returns of 1/100, −1/101 and 2/100.
    private static readonly EquityCurve Curve = new([.. Days], [100, 101, 100, 102]);

    private static readonly EquityCurve Benchmark = new([.. Days], [50, 50.25, 50, 50.5]);

    private static RiskFreeRate Series(params (int Day, double Rate)[] rates) =>
        RiskFreeRate.Of([.. rates.Select(r => Days[0] + r.Day * TimeSpan.TicksPerDay)], [.. rates.Select(r => r.Rate)]);

    // With 252 periods a year, 2.52 % are 0.0001 a day. The first two returns are above 0.0001 and the third above 0.0002:
    // 0.0099, −0.01000099 and 0.0198 have a mean of 0.006566337; √(0.01000099² / 3) = 0.005774074.
    // Python 3: statistics.mean(e) / statistics.stdev(e) * math.sqrt(252).
    [Fact]
    public void A_return_is_above_the_rate_that_was_known_at_its_beginning()
    {
        // The last rate is of the last day, at which no return begins.
        var figures = Series((0, 0.0252), (2, 0.0504), (3, 0.5)).Above(Curve, null, 252);
        figures.Sharpe.ShouldBe(6.86783935074373, 1e-12);
        figures.Sortino.ShouldBe(18.05265340596801, 1e-11);
        figures.Alpha.ShouldBe(double.NaN);
    }

    // 0.01, −0.01000099 and 0.0199: the first return began a day before the first rate was known.
    [Fact]
    public void Before_its_first_date_the_rate_is_zero() =>
        Series((1, 0.0252)).Above(Curve, null, 252).Sharpe.ShouldBe(6.912703946748304, 1e-12);

    [Fact]
    public void A_series_that_ends_early_keeps_its_last_rate()
    {
        var figures = Series((-300, 0.0252)).Above(Curve, Benchmark, 252);
        figures.ShouldBe(RiskFreeRate.Of(0.0252).Above(Curve, Benchmark, 252));
        figures.Sharpe.ShouldBe(6.8829114778332885, 1e-12);
    }

    // cov(e, eb) / var(eb) = 2.002185211552763, and (0.006566337 − 2.002185 · mean(eb)) · 252.
    [Fact]
    public void Alpha_is_that_of_both_above_the_rate() =>
        Series((0, 0.0252), (2, 0.0504)).Above(Curve, Benchmark, 252).Alpha.ShouldBe(0.03597100649573044, 1e-10);

    [Fact]
    public void A_constant_rate_gives_the_Sharpe_ratio_less_the_rate_over_the_volatility()
    {
        var statistics = EquityStatistics.Of(Curve, 252);
        var above = statistics.Above(RiskFreeRate.Of(0.03), Curve);
        above.Metrics[RatioMetrics.ExcessSharpe].ShouldBe(statistics.Metrics.Sharpe - 0.03 / statistics.Metrics.Volatility, 1e-12);
        above.Metrics.Sharpe.ShouldBe(statistics.Metrics.Sharpe);
        statistics.Above(RiskFreeRate.None, Curve).ShouldBeSameAs(statistics);
    }

    [Fact]
    public void The_mean_rate_is_that_of_the_returns() =>
        Series((1, 0.03), (2, 0.06)).Over(Curve).ShouldBe(0.03, 1e-15);
}
