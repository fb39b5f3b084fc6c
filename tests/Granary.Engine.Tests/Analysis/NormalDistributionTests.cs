using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class NormalDistributionTests
{
    // Abramowitz and Stegun tables 26.1 and 26.5; the last from Mathematica.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.25, 0.59870632568292372)]
    [InlineData(1, 0.84134474606854293)]
    [InlineData(-1, 0.15865525393145707)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(3, 0.99865010196836990)]
    [InlineData(-6, 9.8658764503769814e-10)]
    public void The_cumulative_distribution_is_exact_to_1e14_relative(double x, double p)
    {
        NormalDistribution.Cumulative(x).ShouldBe(p, p * 1e-13);
        NormalDistribution.Quantile(p).ShouldBe(x, 1e-9);
    }

    [Fact]
    public void The_quantile_inverts_the_cumulative_distribution()
    {
        for (var x = -8.0; x <= 5; x += 0.01)
            NormalDistribution.Quantile(NormalDistribution.Cumulative(x)).ShouldBe(x, 1e-9);
    }

    [Fact]
    public void The_ends_are_infinite()
    {
        NormalDistribution.Quantile(0).ShouldBe(double.NegativeInfinity);
        NormalDistribution.Quantile(1).ShouldBe(double.PositiveInfinity);
        NormalDistribution.Cumulative(40).ShouldBe(1);
        NormalDistribution.Cumulative(-40).ShouldBe(0);
    }

    [Fact]
    public void An_undefined_argument_stays_undefined()
    {
        NormalDistribution.Erfc(double.NaN).ShouldBe(double.NaN);
        NormalDistribution.Cumulative(double.NaN).ShouldBe(double.NaN);
        NormalDistribution.Erfc(double.PositiveInfinity).ShouldBe(0);
        NormalDistribution.Erfc(double.NegativeInfinity).ShouldBe(2);
    }

    [Theory] // scipy.special.erfcx
    [InlineData(0.1, 0.8964569799691268)]
    [InlineData(1, 0.427583576155807)]
    [InlineData(3, 0.17900115118138998)]
    [InlineData(4.5, 0.12248480427384142)]
    [InlineData(6, 0.09277656780053836)]
    [InlineData(10, 0.05614099274382259)]
    [InlineData(40, 0.014100335983377815)]
    public void The_scaled_error_function_is_exact_in_the_tail(double x, double value) =>
        NormalDistribution.ScaledErfc(x).ShouldBe(value, 4e-16);
}
