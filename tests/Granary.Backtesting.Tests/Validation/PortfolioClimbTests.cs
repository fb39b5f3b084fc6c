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
        // The first walk is a lucky one.
        var (passed, first) = (0, TestEffort.Of(2, 1));
        for (var seed = first; seed < first + TestEffort.Of(1, 20); seed++)
        {
            using var climb = new PortfolioClimb(seed);
            if ((await climb.ClimbAsync(choice, TestEffort.Of(40, 600), TestContext.Current.CancellationToken)).Passed) passed++;
        }
        passed.ShouldBeLessThanOrEqualTo(TestEffort.Of(0, 1));
    }

    [Fact]
    public async Task The_best_strategies_of_a_batch_that_a_second_one_lists_have_the_luck_of_that_choice()
    {
        var (passed, seeds) = (0, TestEffort.Of(2, 40));
        for (var seed = 1; seed <= seeds; seed++)
        {
            using var counted = new PortfolioClimb(seed, markets: 24);
            var result = await counted.ListBestAsync(TestContext.Current.CancellationToken);
            // The best of about four independent strategies on each of 24 markets, in 3.5 years: 24 · 1.03 / √24 / √3.5 = 2.7. The best of
            // 96 trials would be 1.3.
            result.LuckBar.ShouldBeInRange(2, 3.2);
            if (result.Passed) passed++;
        }
        passed.ShouldBeLessThanOrEqualTo(seeds / 20);
    }

    [Fact]
    public async Task Honest_work_over_a_planted_edge_passes_although_it_tries_five_portfolios()
    {
        var (passed, markets) = (0, TestEffort.Of(3, 20));
        for (var seed = 1; seed <= markets; seed++)
        {
            using var work = new PortfolioClimb(seed, drift: 0.003);
            if ((await work.WorkAsync(5, TestContext.Current.CancellationToken)).Passed) passed++;
        }
        passed.ShouldBeGreaterThanOrEqualTo(markets * 2 / 3);
    }
}
