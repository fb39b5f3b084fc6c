using Granary.Learning.Search;

namespace Granary.Learning.Tests.Search;

public sealed class SobolTests
{
    // scipy 1.10.1: qmc.Sobol(5, scramble=False).random(8), and rows 777 and 1000 of qmc.Sobol(64, scramble=False).
    [Fact]
    public void The_sequence_without_scrambling_is_that_of_Joe_and_Kuo()
    {
        double[][] expected =
        [
            [0, 0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5], [0.75, 0.25, 0.25, 0.25, 0.75], [0.25, 0.75, 0.75, 0.75, 0.25],
            [0.375, 0.375, 0.625, 0.875, 0.375], [0.875, 0.875, 0.125, 0.375, 0.875], [0.625, 0.125, 0.875, 0.625, 0.625],
            [0.125, 0.625, 0.375, 0.125, 0.125],
        ];
        var sequence = new SobolSequence(5, null);
        for (var i = 0; i < expected.Length; i++)
        {
            var point = new double[5];
            sequence.Point((uint)i, point);
            point.ShouldBe(expected[i]);
        }
        var large = new double[64];
        new SobolSequence(64, null).Point(1000, large);
        new[] { large[0], large[1], large[2], large[10], large[40], large[63] }.ShouldBe([0.2197265625, 0.0966796875, 0.5185546875,
            0.0849609375, 0.9130859375, 0.4462890625]);
        new SobolSequence(64, null).Point(777, large);
        new[] { large[3], large[20], large[63] }.ShouldBe([0.2744140625, 0.2373046875, 0.4267578125]);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(99UL)]
    public void Scrambled_points_keep_one_point_in_each_interval(ulong seed)
    {
        var sequence = new SobolSequence(64, seed);
        var points = new double[256][];
        for (var i = 0; i < points.Length; i++) sequence.Point((uint)i, points[i] = new double[64]);
        // The first 256 points have one in each interval of length 1/256 of each dimension, and one in each box of 16 by 16 of the first
        // two.
        for (var d = 0; d < 64; d++) (points.Select(p => (int)(p[d] * 256)).Distinct().Count()).ShouldBe(256);
        (points.Select(p => (int)(p[0] * 16) * 16 + (int)(p[1] * 16)).Distinct().Count()).ShouldBe(256);
    }

    [Fact]
    public void Scrambled_points_integrate_better_than_random_ones()
    {
        ParameterSpace space = new([.. Enumerable.Range(0, 5).Select(d => new RealDimension($"x{d}", 0, 1))]);
        double Error(string name) => Enumerable.Range(0, 20).Average(seed =>
        {
            var tried = SearchRuns.Run(SearchMethods.Create(name, space, 256, 1, (ulong)seed), p => [p.Values.Aggregate(1.0, (f, x) =>
                f * 1.5 * Math.Sqrt(x))]);
            return Math.Abs(tried.Average(t => t.Objectives![0]) - 1);
        });
        (Error("sobol") < 0.3 * Error("random")).ShouldBeTrue();
    }
}
