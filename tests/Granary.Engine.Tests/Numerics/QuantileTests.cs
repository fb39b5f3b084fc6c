using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Numerics;

public sealed class QuantileTests
{
    // By hand: at 0.3 the place is 0.3 · 4 = 1.2 (2 + 0.2 · 2), and the nearest rank is the second of five (0.3 · 5 = 1.5).
    [Theory]
    [InlineData(0.3, 2.4, 2, 2)]
    [InlineData(0.5, 4, 4, 4)]
    [InlineData(0.9, 12.8, 8, 16)]
    [InlineData(1, 16, 16, 16)]
    public void Each_method_is_its_definition(double share, double linear, double lower, double nearestRank)
    {
        double[] sorted = [1, 2, 4, 8, 16];
        Quantile.Linear(sorted, share).ShouldBe(linear, 1e-15);
        Quantile.Lower<double>(sorted, share).ShouldBe(lower);
        Quantile.NearestRank<double>(sorted, share).ShouldBe(nearestRank);
    }

    [Fact]
    public void The_median_of_two_middle_values_is_their_mean_and_the_other_two_medians_exist()
    {
        double[] sorted = [1, 2, 5, 9];
        Quantile.Median(sorted).ShouldBe(3.5);
        Quantile.LowerMedian<double>(sorted).ShouldBe(2);
        Quantile.UpperMedian<double>(sorted).ShouldBe(5);
        Quantile.Median([7]).ShouldBe(7);
        Quantile.Median([]).ShouldBe(double.NaN);
    }

    [Fact]
    public void A_quantile_at_a_whole_number_of_parts_is_the_value_there()
    {
        double[] sorted = [.. Enumerable.Range(0, 11).Select(i => Math.Exp(i))];
        for (var k = 0; k <= 10; k++) Quantile.Linear(sorted, k, 10).ShouldBe(sorted[k]);
        Quantile.Linear(sorted, 1, 3).ShouldBe(sorted[3] + (sorted[4] - sorted[3]) / 3, 1e-12);
    }

    [Fact]
    public void An_interval_cuts_off_as_many_values_at_both_ends()
    {
        double[] sorted = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        Quantile.Interval(sorted, 0.025).ShouldBe((25, 974));
        // The upper end is the nearest rank for each number of resamples.
        for (var n = 950; n <= 1000; n++)
            Quantile.Interval(sorted.AsSpan(0, n), 0.025).High.ShouldBe(Quantile.NearestRank<double>(sorted.AsSpan(0, n), 0.975));
    }
}
