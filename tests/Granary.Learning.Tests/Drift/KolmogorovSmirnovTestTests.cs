using System.Numerics;
using Granary.Learning.Drift;

namespace Granary.Learning.Tests.Drift;

public sealed class KolmogorovSmirnovTestTests
{
    [Fact]
    public void The_distance_is_the_largest_gap_of_the_two_distribution_functions()
    {
        KolmogorovSmirnovTest.Distance([1, 2, 3, 4], [1, 2, 3, 4]).ShouldBe(0);
        KolmogorovSmirnovTest.Distance([1, 2], [3, 4]).ShouldBe(1);
        KolmogorovSmirnovTest.Distance([1, 2, 2, 5], [2, 4, 6]).ShouldBe(0.75 - 1.0 / 3, 1e-15);
    }

    // Under no difference each order of the pooled sample is as likely as any other.
    [Fact]
    public void The_exact_probability_is_the_share_of_all_orders_with_such_a_distance()
    {
        const int Length = 5;
        var distances = new List<double>();
        for (uint set = 0; set < 1 << 2 * Length; set++)
        {
            if (BitOperations.PopCount(set) != Length) continue;
            double[] first = [.. Enumerable.Range(0, 2 * Length).Where(i => (set >> i & 1) == 1).Select(i => (double)i)];
            double[] second = [.. Enumerable.Range(0, 2 * Length).Where(i => (set >> i & 1) == 0).Select(i => (double)i)];
            distances.Add(KolmogorovSmirnovTest.Distance(first, second));
        }
        distances.Count.ShouldBe(252);
        for (var steps = 0; steps <= Length; steps++)
            KolmogorovSmirnovTest.ExactProbability((double)steps / Length, Length)
                .ShouldBe(distances.Count(d => d > (steps - 0.5) / Length) / 252.0, 1e-12, $"{steps}");
    }
}
