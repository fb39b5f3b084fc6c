using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

/// <summary>Against tables: Abramowitz and Stegun, table 26.10, and closed forms for one and two degrees of freedom.</summary>
public sealed class StudentDistributionTests
{
    [Theory]
    [InlineData(0.975, 1, 12.706)]
    [InlineData(0.975, 5, 2.571)]
    [InlineData(0.975, 30, 2.042)]
    [InlineData(0.975, 120, 1.980)]
    [InlineData(0.995, 10, 3.169)]
    public void Quantiles_are_those_of_the_tables(double p, double freedom, double expected)
    {
        StudentDistribution.Quantile(p, freedom).ShouldBe(expected, 5e-4);
        StudentDistribution.Quantile(1 - p, freedom).ShouldBe(-expected, 5e-4);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(-0.4)]
    [InlineData(0)]
    [InlineData(0.7)]
    [InlineData(25)]
    public void Probabilities_are_those_of_the_closed_forms(double t)
    {
        StudentDistribution.Cumulative(t, 1).ShouldBe(0.5 + Math.Atan(t) / Math.PI, 1e-12);
        StudentDistribution.Cumulative(t, 2).ShouldBe(0.5 + t / (2 * Math.Sqrt(2 + t * t)), 1e-12);
        StudentDistribution.Cumulative(t, 1e6).ShouldBe(NormalDistribution.Cumulative(t), 1e-6);
    }

    [Fact]
    public void An_interval_of_a_mean_is_that_of_a_hand_calculation()
    {
        // Mean 3, deviation sqrt(2.5), error sqrt(0.5), t(0.975; 4) = 2.7764: 3 ± 1.9632; t = 4.2426, p = 0.00662.
        var interval = MeanInterval.Of([1, 2, 3, 4, 5]);
        (interval.Count, interval.Mean).ShouldBe((5, 3));
        interval.Low.ShouldBe(1.0368, 1e-4);
        interval.High.ShouldBe(4.9632, 1e-4);
        interval.PValue.ShouldBe(0.00662, 1e-5);
        MeanInterval.Of([2]).Low.ShouldBe(double.NaN);
        MeanInterval.Of([2, 2]).PValue.ShouldBe(double.NaN);
    }

    [Fact]
    public void Many_intervals_made_together_are_to_the_bit_those_made_one_by_one()
    {
        var intervals = new MeanIntervals();
        foreach (var values in (double[][])[[1, 2, 4], [0.5, 0.25], [7, 3, 1], [2], [], [0.1, 0.2, 0.4, 0.8]])
            intervals.Of(values).ShouldBe(MeanInterval.Of(values));
    }
}
