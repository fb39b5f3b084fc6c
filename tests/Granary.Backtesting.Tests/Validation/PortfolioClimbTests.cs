using Granary.Testing;

namespace Granary.Backtesting.Tests.Validation;

/// <summary>A small form of <c>Granary.Benchmarks validation climbs</c>, which has the figures over twenty climbs of 600 runs.</summary>
public sealed class PortfolioClimbTests
{
    [Theory]
    [InlineData(ClimbedChoice.GivenWeights)]
    [InlineData(ClimbedChoice.ListedStrategies)]
    [InlineData(ClimbedChoice.WeightRule)]
    public async Task At_most_one_of_twenty_climbs_over_portfolios_of_noise_passes(ClimbedChoice choice)
    {
        var passed = 0;
        for (var seed = 1; seed <= TestEffort.Of(2, 20); seed++)
        {
            using var climb = new PortfolioClimb(seed);
            if ((await climb.ClimbAsync(choice, TestEffort.Of(40, 600), TestContext.Current.CancellationToken)).Passed) passed++;
        }
        passed.ShouldBeLessThanOrEqualTo(TestEffort.Of(0, 1));
    }

    [Fact]
    public async Task Honest_work_over_a_planted_edge_passes_although_it_tries_five_portfolios()
    {
        var passed = 0;
        var markets = TestEffort.Of(3, 20);
        for (var seed = 1; seed <= markets; seed++)
        {
            using var work = new PortfolioClimb(seed, drift: 0.006);
            if ((await work.WorkAsync(5, TestContext.Current.CancellationToken)).Passed) passed++;
        }
        passed.ShouldBeGreaterThanOrEqualTo(markets * 2 / 3);
    }
}
