using Granary.Learning.Search;

namespace Granary.Learning.Tests.Search;

public sealed class NormalMassTests
{
    // scipy 1.10.1: log(norm.cdf(b) − norm.cdf(a)); the last one from norm.logsf.
    [Theory]
    [InlineData(-1, 2, -0.20016629432446262, 1e-14)]
    [InlineData(0.1, 0.10001, -12.436864498199396, 1e-9)]
    [InlineData(3, 4, -6.631467786538218, 1e-12)]
    [InlineData(-8, -7, -27.38479370071994, 1e-12)]
    [InlineData(40, 41, -804.6084420137539, 1e-10)]
    [InlineData(-41, -40, -804.6084420137539, 1e-10)]
    public void The_logarithm_of_a_probability_is_exact_in_the_tails(double a, double b, double expected, double tolerance) =>
        NormalMass.Log(a, b).ShouldBe(expected, tolerance);
}
