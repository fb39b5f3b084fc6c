using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Analysis;

public class WinnersLuckTests
{
    private const int Periods = 400;

    private static List<double[]> Noise(int strategies, double edge = 0)
    {
        var random = new PortableRandom(7);
        return [.. Enumerable.Range(0, strategies).Select(_ =>
            Enumerable.Range(0, Periods).Select(_ => edge + 0.01 * random.NextGaussian()).ToArray())];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Best_of_several_searches_joined_exceed_the_best_of_one_by_the_root_of_their_number(int searches)
    {
        // The expected maximum of 20 standard normals is 1.8675; the joined best are independent.
        var groups = Enumerable.Range(0, 20 * searches).Select(k => k % searches).ToList();
        WinnersLuck.ExpectedSharpeOfBest(Noise(20 * searches), groups, 1, 400, 1)
            .ShouldBe(1.8675 * Math.Sqrt(searches) / Math.Sqrt(Periods), 0.012 * Math.Sqrt(searches));
    }

    [Fact]
    public void An_edge_does_not_change_what_worthless_strategies_show()
    {
        var groups = Enumerable.Range(0, 40).Select(k => k / 20).ToList();
        WinnersLuck.ExpectedSharpeOfBest(Noise(40, 0.005), groups, 1, 50, 1)
            .ShouldBe(WinnersLuck.ExpectedSharpeOfBest(Noise(40), groups, 1, 50, 1), 1e-9);
    }

    [Fact]
    public void Strategies_without_a_search_are_always_in_the_portfolio()
    {
        // A worthless strategy that is not chosen shows nothing in the mean.
        WinnersLuck.ExpectedSharpeOfBest(Noise(1), [-1], 1, 400, 1).ShouldBe(0, 0.01);
        WinnersLuck.ExpectedSharpeOfBest([new double[Periods]], [0], 1, 50, 1).ShouldBe(0);
    }
}
