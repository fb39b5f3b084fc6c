using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Drift;

namespace Granary.Learning.Tests.Drift;

public sealed class PopulationStabilityTests
{
    private static double[] Uniform(int count, int stream)
    {
        var random = new PortableRandom(11, stream);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }

    [Fact]
    public void The_index_is_that_of_a_hand_calculation()
    {
        // Bins at or below and above 2.5; 2 and 2 of the reference, 1 and 3 of the sample, half an observation more in each:
        // shares 0.5 and 0.5, 0.3 and 0.7: 0.2 ln(0.5 / 0.3) + 0.2 ln(0.7 / 0.5).
        var index = PopulationStability.Of([1, 2, 3, 4], [1, 3, 3.5, 9], bins: 2);
        index.Value.ShouldBe(0.2 * Math.Log(0.5 / 0.3) + 0.2 * Math.Log(0.7 / 0.5), 1e-12);
        (index.Bins, index.Reference, index.Sample).ShouldBe((2, 4, 4));
        PopulationStability.Of([1, 2, 3, 4], [1, 2, 3, 4], bins: 2).Value.ShouldBe(0, 1e-15);
    }

    [Theory]
    [InlineData(100, 10)]
    [InlineData(105, 10)]
    [InlineData(1_038, 7)]
    public void Bins_lie_between_the_interpolated_quantiles_of_the_reference(int count, int bins)
    {
        var (reference, sample) = (Uniform(count, 5), Uniform(count + 13, 6));
        // Quantiles as numpy.quantile has them: a value at the place (n − 1)·q of the sorted ones, on the line between its neighbours.
        var sorted = reference.Order().ToList();
        var edges = Enumerable.Range(1, bins - 1).Select(b =>
        {
            var place = (count - 1) * (double)b / bins;
            var below = (int)Math.Floor(place);
            return sorted[below] * (1 - (place - below)) + sorted[Math.Min(below + 1, count - 1)] * (place - below);
        }).ToList();
        double Share(double[] values, int bin) =>
            (values.Count(v => (bin == 0 || v > edges[bin - 1]) && (bin == bins - 1 || v <= edges[bin])) + 0.5)
                / (values.Length + 0.5 * bins);
        var expected = Enumerable.Range(0, bins).Sum(b =>
            (Share(sample, b) - Share(reference, b)) * Math.Log(Share(sample, b) / Share(reference, b)));
        PopulationStability.Of(reference, sample, bins).Value.ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Repeated_values_share_a_bin()
    {
        double[] values = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
        PopulationStability.Of(values, values, bins: 10).Bins.ShouldBe(2);
        Should.Throw<InputException>(() => PopulationStability.Of([2, 2, 2], [2], bins: 2)).Message.ShouldContain("all values");
    }

    [Fact]
    public void The_rule_of_thumb_of_a_tenth_alarms_in_four_of_five_looks_at_100_unchanged_values()
    {
        PopulationStability.Of(Uniform(100, 0), Uniform(100, 1)).ChanceAbove(0.1).ShouldBe(0.834, 0.001);
        var above = Enumerable.Range(0, 1000).Count(i => PopulationStability.Of(Uniform(100, 2 * i), Uniform(100, 2 * i + 1)).Value > 0.1);
        above.ShouldBeInRange(740, 870);
    }

    // Half an observation in each bin makes short samples alarm somewhat less than stated, never more.
    [Theory]
    [InlineData(100, 100)]
    [InlineData(1000, 100)]
    [InlineData(1000, 1000)]
    public void An_unchanged_distribution_alarms_at_most_as_often_as_stated(int reference, int sample)
    {
        var alarms = 0;
        for (var i = 0; i < 2000; i++)
        {
            var index = PopulationStability.Of(Uniform(reference, 2 * i), Uniform(sample, 2 * i + 1));
            if (index.Value > index.ThresholdFor(0.05)) alarms++;
        }
        // 100 are expected, with a deviation of 9.7.
        alarms.ShouldBeInRange(50, 130);
    }

    [Fact]
    public void A_shift_of_half_a_deviation_is_seen_in_300_values()
    {
        var seen = 0;
        for (var i = 0; i < 100; i++)
        {
            double[] moved = [.. Uniform(300, 2 * i + 1).Select(v => v + 0.15)];
            var index = PopulationStability.Of(Uniform(300, 2 * i), moved);
            if (index.Value > index.ThresholdFor(0.01)) seen++;
        }
        seen.ShouldBe(100);
    }
}
