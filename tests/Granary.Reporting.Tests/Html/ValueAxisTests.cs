using Granary.Reporting.Html.Charts;

namespace Granary.Reporting.Tests.Html;

/// <summary>The vertical axis of a plot.</summary>
public sealed class ValueAxisTests
{
    [Theory]
    [InlineData(100_000, 100_000.00000000001)]
    [InlineData(99_999.99999999999, 100_000)]
    [InlineData(-3, -2.9999999999999996)]
    [InlineData(1e-300, 1.0000000001e-300)]
    public void Values_that_differ_by_rounding_have_the_axis_of_one_value(double low, double high)
    {
        var axis = ValueAxis.Around([low, high]);
        (axis.High - axis.Low).ShouldBeGreaterThan(0.05 * Math.Abs(low));
        axis.Ticks().Count.ShouldBeInRange(2, 15);
    }

    [Theory]
    [InlineData(100_000, 100_001)]
    [InlineData(0, 1e-9)]
    [InlineData(-1, 1)]
    [InlineData(1e-7, 3e-7)]
    public void Values_that_differ_are_both_on_the_axis(double low, double high)
    {
        var axis = ValueAxis.Around([low, high]);
        axis.Low.ShouldBeLessThanOrEqualTo(low);
        axis.High.ShouldBeGreaterThanOrEqualTo(high);
        (axis.High - axis.Low).ShouldBeLessThan(3 * (high - low));
        axis.Ticks().Count.ShouldBeInRange(2, 15);
    }
}
