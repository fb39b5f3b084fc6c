using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

public sealed class RateSeriesTests
{
    private static readonly RateSeries Series = new([10, 20, 30], [2, 4, 5], [10, 20, 30], 15, "a");

    [Theory]
    [InlineData(9, 2)]
    [InlineData(10, 2)]
    [InlineData(19, 2)]
    [InlineData(20, 4)]
    [InlineData(1000, 5)]
    public void A_rate_counts_from_its_time_on(long time, double rate)
    {
        Series.At(time).ShouldBe(rate);
        foreach (var start in (int[])[0, 1, 2])
        {
            var cursor = start;
            Series.At(time, ref cursor).ShouldBe(rate);
        }
    }

    [Fact]
    public void Times_before_the_first_rate_and_after_the_greatest_age_have_none()
    {
        Series.FaultAt(9).ShouldBe((10, true));
        Series.FaultAt(10).ShouldBeNull();
        Series.FaultAt(45).ShouldBeNull();
        Series.FaultAt(46).ShouldBe((30, false));
        RateSeries.None.FaultAt(0).ShouldBeNull();
        RateSeries.None.At(7).ShouldBe(1);
    }

    [Fact]
    public void An_inverse_and_a_way_over_another_currency_are_as_old_as_their_older_rate()
    {
        Series.Inverse().At(20).ShouldBe(0.25);
        var over = Series.Over(new RateSeries([15, 40], [10, 100], [15, 40], 15, "b"));
        over.Times.ToArray().ShouldBe([15, 20, 30, 40]);
        over.Rates.ToArray().ShouldBe([20, 40, 50, 500]);
        // At 20 and at 30 the second rate is that of 15.
        over.FaultAt(14).ShouldBe((15, true));
        over.FaultAt(25).ShouldBeNull();
        over.FaultAt(31).ShouldBe((15, false));
        over.FaultAt(45).ShouldBeNull();
        over.FaultAt(46).ShouldBe((30, false));
        Series.Of(0.01).At(20).ShouldBe(0.04);
    }

    [Fact]
    public void The_inverse_of_rates_that_grow_has_the_rates_so_far()
    {
        var growing = RateSeries.Growing(15);
        growing.Inverse().IsForeign.ShouldBeTrue("rates may come");
        growing.Add(10, 2, 10);
        growing.Add(20, 4, 20);
        growing.Inverse().Rates.ToArray().ShouldBe([0.5, 0.25]);
        growing.Of(0.01).Times.ToArray().ShouldBe([10, 20]);
    }

    [Fact]
    public void The_least_and_the_greatest_rate_of_a_span_include_the_one_before_it()
    {
        Series.Between(12, 19).ShouldBe((2, 2));
        Series.Between(12, 20).ShouldBe((2, 4));
        Series.Between(25, 100).ShouldBe((4, 5));
        Series.Between(0, 5).ShouldBe((2, 2));
    }
}
