using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class ExplainedVarianceTests
{
    [Fact]
    public void Omega_squared_is_the_share_between_groups_less_that_of_chance()
    {
        // Means 3, 4 and 8 around 5: between 5 · (4 + 1 + 9) = 70, within 3 · 10 = 30, chance 30 / (15 − 3) = 2.5.
        double[][] groups = [[1, 2, 3, 4, 5], [2, 3, 4, 5, 6], [6, 7, 8, 9, 10]];
        ExplainedVariance.Of(groups).ShouldBe((70 - 2 * 2.5) / (100 + 2.5), 1e-15);
    }

    [Fact]
    public void Groups_that_explain_less_than_chance_are_below_zero()
    {
        double[][] groups = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]];
        // Nothing between, 35 within, chance 35 / 10.
        ExplainedVariance.Of(groups).ShouldBe(-3.5 / 38.5, 1e-15);
    }

    [Fact]
    public void It_is_undefined_where_chance_alone_would_explain_everything()
    {
        ExplainedVariance.Of([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]).ShouldBe(double.NaN);
        ExplainedVariance.Of([[1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4]]).ShouldBe(double.NaN);
        ExplainedVariance.Of([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]]).ShouldBe(double.NaN);
    }
}
