using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class BlockLengthTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    public void Of_an_autoregressive_series_it_is_near_the_optimum_of_the_formula(double memory)
    {
        // For an AR(1), g/g0 = 2φ/(1 − φ²) in closed form, so the optimum is (4φ²/(1 − φ²)²·n)^(1/3).
        const int n = 4000;
        var expected = Math.Cbrt(4 * memory * memory / Math.Pow(1 - memory * memory, 2) * n);
        var normals = new SeededNormals(51);
        var lengths = Enumerable.Range(0, 40).Select(_ => BlockLength.Of(Autoregressive(normals, n, memory))).Order().ToList();
        lengths[20].ShouldBe(expected, 0.3 * expected);
    }

    [Fact]
    public void Of_noise_it_is_short_and_never_below_one()
    {
        var normals = new SeededNormals(52);
        var lengths = Enumerable.Range(0, 100).Select(_ => BlockLength.Of(normals.Returns(200, 0, 0.01))).Order().ToList();
        lengths[0].ShouldBeGreaterThanOrEqualTo(1);
        lengths[50].ShouldBeLessThan(2);
    }

    [Fact]
    public void It_stays_within_its_bounds_for_short_constant_and_trending_series()
    {
        BlockLength.Of([0.1, 0.2]).ShouldBe(1);
        BlockLength.Of(new double[100]).ShouldBe(1);
        BlockLength.Of([.. Enumerable.Range(0, 90).Select(t => (double)t)]).ShouldBeLessThanOrEqualTo(3 * Math.Sqrt(90));
        BlockLength.Median([]).ShouldBe(1);
    }

    private static double[] Autoregressive(SeededNormals normals, int count, double memory)
    {
        var values = normals.Returns(count, 0, 1);
        for (var t = 1; t < count; t++) values[t] += memory * values[t - 1];
        return values;
    }
}
