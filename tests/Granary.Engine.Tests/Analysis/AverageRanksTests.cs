using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public sealed class AverageRanksTests
{
    [Fact]
    public void Equal_values_share_their_mean_rank()
    {
        AverageRanks.Of([3, 1, 3, 2, 3]).ShouldBe([4, 1, 4, 2, 4]);
        AverageRanks.Of([]).ShouldBeEmpty();
        AverageRanks.Of([7]).ShouldBe([1]);
    }

    [Fact]
    public void Values_that_differ_by_rounding_alone_have_one_rank()
    {
        var ranks = new double[3];
        new AverageRanks().Write([0.1 + 0.2, 0.3, 0.3], ranks).ShouldBeFalse();
        ranks.ShouldBe([2, 2, 2]);
    }

    // Ranks 1.5, 1.5, 3, 4 and 1, 2, 4, 3: products 3.5, sums of squares 4.5 and 5.
    [Fact]
    public void Correlation_of_ranks_with_ties_is_that_of_Pearson()
    {
        AverageRanks.Correlation(AverageRanks.Of([1, 1, 2, 3]), AverageRanks.Of([1, 2, 4, 3])).ShouldBe(3.5 / Math.Sqrt(4.5 * 5), 1e-15);
        AverageRanks.Correlation(AverageRanks.Of([1, 1]), AverageRanks.Of([1, 2])).ShouldBe(double.NaN);
    }
}
