using Granary.Engine.Numerics;
using Granary.Learning.Screening;

namespace Granary.Learning.Tests.Screening;

public sealed class UnitRootTestTests
{
    [Fact]
    public void A_random_walk_is_rejected_about_as_often_as_the_level_says()
    {
        var random = new PortableRandom(11);
        // 1,000 draws at 5 % have a standard error of 0.7 %.
        Rejected(1_000, ref random, memory: 1).ShouldBeInRange(0.03, 0.07);
    }

    [Fact]
    public void A_series_that_returns_to_its_mean_is_rejected()
    {
        var random = new PortableRandom(12);
        Rejected(100, ref random, memory: 0.8).ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void The_level_and_the_unit_of_a_series_change_nothing()
    {
        var random = new PortableRandom(13);
        var series = Series(ref random, 300, 0.9);
        var other = Array.ConvertAll(series, y => 1_000 + 0.001 * y);
        UnitRootTest.Of(other).Statistic.ShouldBe(UnitRootTest.Of(series).Statistic, 1e-6);
    }

    [Fact]
    public void What_has_no_answer_is_not_stationary()
    {
        UnitRootTest.Of(new double[100]).IsStationary.ShouldBeFalse();
        UnitRootTest.Of([1, 2, 3]).IsStationary.ShouldBeFalse();
        UnitRootTest.Of([]).IsStationary.ShouldBeFalse();
    }

    private static double Rejected(int draws, ref PortableRandom random, double memory)
    {
        var rejected = 0;
        for (var d = 0; d < draws; d++)
            if (UnitRootTest.Of(Series(ref random, 250, memory)).IsStationary)
                rejected++;
        return rejected / (double)draws;
    }

    private static double[] Series(ref PortableRandom random, int count, double memory)
    {
        var series = new double[count];
        for (var i = 1; i < count; i++) series[i] = memory * series[i - 1] + random.NextGaussian();
        return series;
    }
}
