using Granary.Engine.Analysis;
using Granary.Testing;

namespace Granary.Engine.Tests.Analysis;

public sealed class LongRunMeanTests
{
    // Mean 3, deviations −2 −1 1 2, squares 10, products of neighbours 3. Lag 1: S = (10 + 2 · ½ · 3) / 4, error² = S / (4 − 2).
    [Fact]
    public void Error_follows_from_the_products_of_neighbours()
    {
        var mean = LongRunMean.Of([1, 2, 4, 5], 0);
        mean.Lag.ShouldBe(1);
        mean.Count.ShouldBe(4);
        mean.Mean.ShouldBe(3);
        mean.Deviation.ShouldBe(Math.Sqrt(10 / 3.0), 1e-15);
        mean.Error.ShouldBe(Math.Sqrt(1.625), 1e-15);
        // t(0.975; 3) = 3.182446 in any table.
        mean.High.ShouldBe(3 + 3.182446 * Math.Sqrt(1.625), 1e-5);
    }

    // The deviations −1 and 1 are two places apart, so that no product of neighbours is left: S = 2 / 2, lag 0.
    [Fact]
    public void A_missing_value_keeps_the_distance_of_the_others()
    {
        var mean = LongRunMean.Of([1, double.NaN, 3], 0);
        mean.Count.ShouldBe(2);
        mean.Lag.ShouldBe(0);
        mean.Error.ShouldBe(1, 1e-15);
    }

    [Fact]
    public void Without_variation_nothing_is_tested()
    {
        foreach (var values in (double[][])[[], [1], [2, 2, 2, 2]])
            LongRunMean.Of(values, 0).PValue.ShouldBe(double.NaN);
        LongRunMean.Of([2, 2, 2, 2], 0).Mean.ShouldBe(2);
    }

    [Theory]
    [InlineData(2500, 0, 8)]
    [InlineData(2500, 19, 57)]
    [InlineData(100, 19, 33)]
    [InlineData(0, 4, 0)]
    public void Lag_is_three_times_the_overlap_and_at_most_a_third_of_the_values(int count, int overlap, int lag) =>
        LongRunMean.LagOf(count, overlap).ShouldBe(lag);

    // Sums of 1, 5 and 20 following draws overlap as returns over these horizons do.
    [Theory]
    [InlineData(1, 250)]
    [InlineData(5, 250)]
    [InlineData(20, 250)]
    [InlineData(20, 1000)]
    public void Intervals_of_overlapping_sums_hold_the_mean_about_as_often_as_they_say(int horizon, int count)
    {
        var draws = TestEffort.Of(600, 4000);
        var held = 0;
        for (var seed = 1; seed <= draws; seed++)
        {
            var own = new SeededNormals(seed).Returns(count + horizon, 0, 1);
            double[] sums = [.. Enumerable.Range(0, count).Select(t => own.Skip(t).Take(horizon).Sum())];
            var mean = LongRunMean.Of(sums, horizon - 1);
            if (mean.Low <= 0 && mean.High >= 0) held++;
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{horizon} of {count}: {held / (double)draws:0.000}");
        (held / (double)draws).ShouldBeInRange(0.90, 0.975);
    }
}
