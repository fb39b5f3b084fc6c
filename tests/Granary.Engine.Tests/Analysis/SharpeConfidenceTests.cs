using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class SharpeConfidenceTests
{
    [Fact]
    public void The_deflated_sharpe_papers_own_example()
    {
        // Bailey and López de Prado 2014, "A numerical example": 100 trials whose annual Sharpe ratios vary by 1/2, 1,250 days,
        // annual Sharpe 2.5 at 250 days a year, skew −3, kurtosis 10.
        var sharpe = 2.5 / Math.Sqrt(250);
        var variance = 0.5 / 250;
        SharpeConfidence.ExpectedMaximum(variance, 100).ShouldBe(0.1132, 0.00005);
        SharpeConfidence.Deflated(sharpe, 1250, -3, 10, variance, 100).ShouldBe(0.9004, 0.0001);
        // With only 46 independent trials the paper finds the same record significant.
        SharpeConfidence.Deflated(sharpe, 1250, -3, 10, variance, 46).ShouldBe(0.9505, 0.0005);
    }

    [Fact]
    public void The_minimum_track_record_papers_own_example()
    {
        // Bailey and López de Prado 2012: a Sharpe of 2 against 1, normal returns, 95 %: 2.73 years of daily, 2.83 of weekly, 3.24 of
        // monthly returns.
        (SharpeConfidence.MinimumTrackRecordLength(2 / Math.Sqrt(252), 1 / Math.Sqrt(252), 0, 3) / 252).ShouldBe(2.73, 0.01);
        (SharpeConfidence.MinimumTrackRecordLength(2 / Math.Sqrt(52), 1 / Math.Sqrt(52), 0, 3) / 52).ShouldBe(2.83, 0.01);
        (SharpeConfidence.MinimumTrackRecordLength(2 / Math.Sqrt(12), 1 / Math.Sqrt(12), 0, 3) / 12).ShouldBe(3.24, 0.01);
    }

    [Fact]
    public void At_the_minimum_track_record_the_probabilistic_sharpe_is_the_confidence()
    {
        var length = SharpeConfidence.MinimumTrackRecordLength(0.1, 0.02, -0.5, 6, 0.99);
        var n = (long)Math.Ceiling(length);
        SharpeConfidence.Probabilistic(0.1, 0.02, n, -0.5, 6).ShouldBeGreaterThanOrEqualTo(0.99);
        SharpeConfidence.Probabilistic(0.1, 0.02, n - 1, -0.5, 6).ShouldBeLessThan(0.99);
        SharpeConfidence.MinimumTrackRecordLength(0.01, 0.02, 0, 3).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void Kurtosis_is_raw_so_that_normal_returns_add_half_the_squared_sharpe_to_the_variance() =>
        // Lo 2002: the variance of an estimated Sharpe ratio of iid normal returns is (1 + SR²/2) / n.
        SharpeConfidence.StandardError(0.3, 101, 0, 3).ShouldBe(Math.Sqrt((1 + 0.3 * 0.3 / 2) / 100), 1e-15);

    [Fact]
    public void The_expected_best_of_one_trial_is_nothing_and_rises_with_every_part_of_a_further_one()
    {
        SharpeConfidence.ExpectedMaximum(1, 1).ShouldBe(0);
        var rising = new[] { 1, 1.3, 1.8, 2, 2.5, 3, 10, 100 }.Select(n => SharpeConfidence.ExpectedMaximum(1, n)).ToList();
        rising.ShouldBe(rising.Order());
        rising.Distinct().Count().ShouldBe(rising.Count);
    }

    [Fact]
    public void Without_selection_the_false_positive_rate_over_500_draws_is_the_level()
    {
        var normals = new SeededNormals(11);
        var positives = Enumerable.Range(0, 500).Count(_ => Deflated(normals.Returns(500, 0, 0.01), 0, 1) > 0.95);
        (positives / 500.0).ShouldBeInRange(0.03, 0.07); // 5 % ± two standard errors
    }

    [Fact]
    public void The_best_of_many_worthless_strategies_is_deflated_to_below_the_level_where_the_plain_test_is_fooled_nearly_always()
    {
        var normals = new SeededNormals(12);
        int deflated = 0, plain = 0;
        for (var draw = 0; draw < 500; draw++)
        {
            var (best, variance) = Best(normals.Strategies(50, 250));
            if (Deflated(best, variance, 50) > 0.95) deflated++;
            if (Deflated(best, 0, 1) > 0.95) plain++;
        }
        (deflated / 500.0).ShouldBeLessThanOrEqualTo(0.05);
        (plain / 500.0).ShouldBeGreaterThan(0.85); // 1 − 0.95^50 = 0.92
    }

    [Fact]
    public void A_planted_edge_passes_the_deflated_sharpe_ratio()
    {
        var normals = new SeededNormals(13);
        var passed = 0;
        for (var draw = 0; draw < 50; draw++)
        {
            var strategies = normals.Strategies(50, 1000);
            strategies[17] = normals.Returns(1000, 0.002, 0.01); // annual Sharpe 3.2
            var (best, variance) = Best(strategies);
            if (ReferenceEquals(best, strategies[17]) && Deflated(best, variance, 50) > 0.95) passed++;
        }
        passed.ShouldBeGreaterThanOrEqualTo(48);
    }

    private static (double[] Returns, double Variance) Best(double[][] strategies)
    {
        var sharpes = strategies.Select(Sharpe).ToArray();
        return (strategies[Array.IndexOf(sharpes, sharpes.Max())], Moments.Of(sharpes).SampleVariance);
    }

    private static double Sharpe(double[] returns) => Moments.Of(returns) is var m ? m.Mean / m.SampleDeviation : 0;

    private static double Deflated(double[] returns, double variance, int trials)
    {
        var m = Moments.Of(returns);
        return SharpeConfidence.Deflated(m.Mean / m.SampleDeviation, m.Count, m.Skew, m.Kurtosis, variance, trials);
    }
}
