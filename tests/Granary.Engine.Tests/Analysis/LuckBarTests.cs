using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class LuckBarTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(10, 1, 1.5746)]
    [InlineData(10, 4, 0.7873)]
    [InlineData(1000, 1, 3.2551)]
    public void The_luck_bar_of_a_year_is_the_expected_maximum_of_so_many_ratios_without_merit(int trials, double years, double expected)
    {
        // (1 - g) z(1 - 1/N) + g z(1 - 1/(N e)), g = 0.5772, over the root of the years: by hand with z of a table of the normal
        // distribution. N = 10: 0.4228 · 1.28155 + 0.5772 · 1.78928; N = 1000: 0.4228 · 3.09023 + 0.5772 · 3.37532.
        new LuckBar(trials).PerYear(years).ShouldBe(expected, 2e-3);
    }

    [Theory]
    [InlineData(53, 7)]
    [InlineData(366, 1)]
    [InlineData(53 * 168, 1.0 / 24)]
    public void The_luck_bar_of_a_year_does_not_depend_on_the_length_of_the_periods(int returns, double days)
    {
        var years = (returns - 1) * days / 365.25;
        (new LuckBar(50).PerPeriod(returns) * Math.Sqrt(365.25 / days)).ShouldBe(new LuckBar(50).PerYear(years), 1e-12);
    }

    [Fact]
    public void The_larger_of_the_luck_of_the_best_trial_and_of_the_portfolio_is_the_bar()
    {
        new LuckBar(10, 1).StandardErrors.ShouldBe(new LuckBar(10).StandardErrors);
        new LuckBar(10, 3).StandardErrors.ShouldBe(3);
        double.IsNaN(new LuckBar(10).PerPeriod(1)).ShouldBeTrue();
    }
}
