using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

/// <summary>Against tables (Abramowitz and Stegun, table 26.8) and the closed form for two degrees of freedom.</summary>
public sealed class ChiSquareDistributionTests
{
    [Theory]
    [InlineData(0.05, 1, 3.84146)]
    [InlineData(0.05, 9, 16.91898)]
    [InlineData(0.01, 9, 21.66599)]
    [InlineData(0.95, 10, 3.94030)]
    [InlineData(0.001, 100, 149.449)]
    public void Exceeded_values_are_those_of_the_tables(double probability, double freedom, double expected) =>
        ChiSquareDistribution.ExceededWith(probability, freedom).ShouldBe(expected, 5e-4);

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1)]
    [InlineData(4.5)]
    [InlineData(60)]
    public void Probabilities_are_those_of_the_closed_forms(double x)
    {
        ChiSquareDistribution.Exceeding(x, 2).ShouldBe(Math.Exp(-x / 2), 1e-12);
        ChiSquareDistribution.Exceeding(x, 1).ShouldBe(2 * (1 - NormalDistribution.Cumulative(Math.Sqrt(x))), 1e-9);
    }

    [Fact]
    public void Outside_of_its_range_there_is_no_number()
    {
        ChiSquareDistribution.Exceeding(1, 0).ShouldBe(double.NaN);
        ChiSquareDistribution.ExceededWith(1.5, 3).ShouldBe(double.NaN);
        ChiSquareDistribution.ExceededWith(0, 3).ShouldBe(double.PositiveInfinity);
    }
}
